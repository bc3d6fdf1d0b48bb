admin-act-second-step = Remove the second step alone
admin-act-second-step-means = Their authenticator app and recovery codes are gone, and they are signed out everywhere. Passkeys stay. Make sure first that it is really them who asks. They are told by mail.
admin-act-passkey = Remove
admin-act-passkey-means = This passkey opens nothing any more, and they are signed out everywhere. They are told by mail.
admin-act-unlink = Unlink
admin-act-unlink-means = This account elsewhere doesn’t open theirs any more, and what began by it ends. They are told by mail.
admin-error-only-way-in = Without this they could not sign in. Send them a link to choose a password first; once they have one, try again.
admin-error-only-second-factor = They are asked for a second step, and have no other. Remove second step and passkeys together.
