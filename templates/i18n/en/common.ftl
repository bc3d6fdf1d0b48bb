# What the pages say, in English. Every message here is also in the other catalogues.
# Plain and kind; no exclamation marks; "sign in" (verb), never "log in".

## On every page

languages = Language
language-en = English
language-ja = Japanese
opens-in-new-tab = (opens in a new tab)
client-website = Website
client-policy = Privacy policy
client-terms = Terms of service
email = Email address
name = Name
password = Password
signed-in-as = Signed in as
