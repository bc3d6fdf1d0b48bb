
## Providers and signing keys

admin-providers = Providers
admin-providers-lead = Where else people sign in. What you save here is on the sign-in page within a second.
admin-providers-none = There are no providers.
admin-provider-new = Add a provider
admin-provider-new-means = Which one? Each has a form of its own.
admin-provider-any = Any other
admin-provider-kind = Kind
admin-provider-state = State
admin-provider-people = People who can sign in by it
admin-provider-order = Place of its button
admin-provider-order-of = Place of the button of { $name }
admin-provider-order-hint = Lower numbers come first; among equals, the name decides.
admin-provider-order-save = Save the order
admin-provider-on = On
admin-provider-off = Off
admin-provider-unreadable = Its settings can’t be read
admin-provider-in-file = in the settings file
admin-provider-in-file-means = This provider is set up in the settings file. Change it there, and restart.
admin-provider-there = At the provider
admin-provider-there-means = Register these addresses there, letter by letter.
admin-provider-redirect-uri = Redirect URI
admin-provider-uri-events = Address for events
admin-provider-uri-backchannel-logout = Back-channel logout address
admin-provider-uri-deauthorize = Deauthorize callback
admin-provider-uri-data-deletion = Data deletion request address
admin-provider-uri-after = The address to register is here once you have saved.
admin-provider-guide = The guide, step by step: docs/providers/{ $guide }.md
admin-provider-check = Check
admin-provider-checked = What checking found
admin-provider-check-discovery = Discovery
admin-provider-check-keys = Keys
admin-provider-check-secret = Secret
admin-provider-good = Good.
admin-provider-wrong = Wrong:
admin-provider-enable = Turn on
admin-provider-disable = Turn off
admin-provider-settings = Settings
admin-provider-save = Save
admin-provider-remove = Remove
admin-provider-remove-means = { $people ->
    [0] Nobody signs in by it.
    [one] One person can sign in by it, and then can’t any more, unless they have another way in.
   *[other] { $people } people can sign in by it, and then can’t any more, unless they have another way in.
} Their accounts stay, and so does what links them, in case you add it again under the same name.
admin-provider-more = More settings
admin-provider-more-hint = What you leave empty is as it is usual for this kind.
admin-provider-addresses = Advanced: endpoints
admin-provider-addresses-hint = Only where the provider is somewhere else than usual, such as a server of your own or another cloud. Whoever changes where secrets are sent types them anew.
admin-provider-usual = As usual for this kind
admin-provider-yes = Yes
admin-provider-no = No
admin-provider-pairs = A line each: name = value
admin-provider-secret-set = It is set. Leave this empty to keep it.
admin-provider-name = Name here
admin-provider-name-hint = In addresses and beside people’s accounts. It can’t be changed later.
admin-provider-label = What its button calls it
admin-provider-client-id = Client ID
admin-provider-client-secret = Client secret
admin-provider-hosted-domains = Google Workspace domains whose people may come
admin-provider-team-id = Team ID
admin-provider-key-id = Key ID
admin-provider-private-key = Private key (the .p8 file)
admin-provider-android-packages = Android apps that its page may lead back to
admin-provider-bot-prompt = Asking people to add the LINE Official Account
admin-provider-base-url = Address of GitHub Enterprise Server
admin-provider-tenant = Tenant
admin-provider-allowed-tenants = Tenants whose people may come
admin-provider-api-version = Version of the Graph API
admin-provider-issuer = Issuer
admin-provider-scopes = Scopes
admin-provider-on-unknown = When somebody unknown comes
admin-provider-link = When their address is that of an account
admin-provider-trust-email = Believe addresses that it calls verified
admin-provider-update-profile = Name and profile follow the provider
admin-provider-store-tokens = Keep its tokens for apps
admin-provider-token-clients = Apps that may have its tokens
admin-provider-audiences = Further client IDs, of native apps
admin-provider-authorized-parties = Authorized parties of native tokens
admin-provider-native-nonce = Nonce of native apps
admin-provider-authorization-params = Further parameters of the request
admin-provider-pkce = PKCE
admin-provider-token-endpoint-auth-method = How the secret is sent
admin-provider-id-token-signed-response-alg = How its ID tokens are signed
admin-provider-claims = Where claims are (JSON pointers)
admin-error-provider-name = It must be 1 to 40 of a–z, 0–9, - and _, and none of: local, mail, passkey, second-factor.
admin-error-provider-taken = There is a provider of this name.
admin-error-provider-in-file = This provider is in the settings file, and can be changed only there.
admin-error-provider-unreadable = The settings of this provider can’t be read.
admin-error-provider-kind = It can’t become another kind: the accounts that are linked would be somebody else’s. Add another provider.
admin-error-provider-file = Files of the server can be named only on the server itself. Enter the value.
admin-error-provider-secret-again = Enter it again: the address that it is sent to is another now.
admin-keys = Signing keys
admin-keys-lead = Tokens are signed by the active key of each algorithm. The next one is published already, so that apps know it before it signs.
admin-key-id = Key
admin-key-algorithm = Algorithm
admin-key-state = State
admin-key-next = Next
admin-key-active = Active
admin-key-retired = Retired
admin-key-next-until = signs from { $when }
admin-key-active-until = until { $when }
admin-key-retired-until = removed after { $when }
admin-key-age = { $days ->
    [0] today
    [one] one day old
   *[other] { $days } days old
}
admin-keys-rotate = Rotate
admin-keys-rotate-means = The next key of each algorithm signs from now on, or as soon as every app can know it. Tokens that the old keys signed stay good until they run out.
admin-key-retire = Retire at once
admin-key-retire-means = For a key that somebody else may have. From this moment it is neither published nor accepted: every access token and ID token that it signed is worthless, and apps have to get new ones. Nobody is signed out, and refresh tokens stay good.
admin-key-retire-active = The next key signs at once. Apps that keep the key set may refuse its tokens for up to five minutes.
admin-error-rotation-under-way = A rotation is under way: the new key signs as soon as every app can know it.
