## The profile: what people say of themselves

profile-title = Profile
profile-lead = What { $instance } knows of you. Apps see only what you allow them to.
profile-saved = Your profile is saved.
profile-submit = Save
profile-changed-meanwhile = Your profile was changed elsewhere while this page was open. Below is what you entered: save again to keep it, or reload the page to see what is there now.
profile-names = Names
profile-about = About you
profile-phone = Phone
profile-address = Address

picture = Picture
picture-hint = PNG, JPEG or WebP, at most 5 MB. The middle of it is shown.
picture-submit = Upload
picture-remove = Remove
picture-saved = Your picture is saved.
picture-removed = Your picture is removed.
picture-format = This file isn’t a picture we can read. Please choose a PNG, JPEG or WebP.
picture-large = This picture is too large. Please choose one of at most 5 MB and 50 megapixels.

claim-name = Name
claim-given_name = First name
claim-family_name = Last name
claim-middle_name = Middle name
claim-nickname = Nickname
claim-preferred_username = User name
claim-preferred_username-hint = You can sign in with it. 2 to 64 letters a–z, digits, dots, hyphens or underscores.
claim-profile = Page about you
claim-website = Website
claim-gender = Gender
claim-birthdate = Date of birth
claim-birthdate-hint = Such as 1990-04-01, or 1990 alone. With 0000 as the year, only the day is known.
claim-zoneinfo = Time zone
claim-zoneinfo-hint = Such as Asia/Tokyo or Europe/Paris.
claim-locale = Language
claim-locale-hint = For pages and mail, on all your devices.
claim-locale-browser = As the browser prefers
claim-phone_number = Phone number
claim-phone_number-hint = With the country first, such as +44 20 7946 0000.
claim-street_address = Street and number
claim-locality = City
claim-region = State or region
claim-postal_code = Postal code
claim-country = Country

claim-bad-characters = This has characters that can’t be seen. Please type it anew.
claim-bad-url = Please enter a web address, beginning with https://.
claim-bad-birthdate = This isn’t a date we understand. Please write it like 1990-04-01.
claim-bad-zoneinfo = We don’t know this time zone. Please choose one from the list.
claim-bad-phone = Please enter the number with its country, such as +44 20 7946 0000.
claim-bad-locale = Please choose a language from the list.
username-invalid = Please use 2 to 64 letters a–z, digits, dots, hyphens or underscores.
username-taken = Somebody has this user name already. Please choose another one.
