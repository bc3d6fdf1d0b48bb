# What the buttons of other providers say. Each brand allows few wordings, so these are not translated freely: change one
# only to another that the brand allows.

continue-with-google = Continue with Google
continue-with-apple = Continue with Apple
continue-with-line = Log in with LINE
continue-with-github = Continue with GitHub
continue-with-microsoft = Sign in with Microsoft
continue-with-facebook = Continue with Facebook
continue-with-x = Continue with X
continue-with-instagram = Continue with Instagram
continue-with-generic = Continue with another account
continue-with = Continue with { $provider }

providers-list = With an account from elsewhere
provider-last-used = Last used
