## Errors: a title, what happened, what to do

error-code-label = Code
error-id-label = Request ID
error-back = Go back

error-invalid-request-title = This request can’t be used
error-invalid-request-explanation = The app sent us here with something missing or wrong in its request.
error-invalid-request-advice = Go back to the app and try once more. If it happens again, tell the people who run the app, and give them the details below.

error-invalid-client-title = We don’t know this app
error-invalid-client-explanation = The app that sent you here isn’t registered with this server, or its registration has ended.
error-invalid-client-advice = Check that you came from the right place. If so, tell the people who run the app.

error-unauthorized-client-title = This app isn’t allowed to do that
error-unauthorized-client-explanation = The app asked to sign you in by a method it isn’t registered for.
error-unauthorized-client-advice = You can’t fix this yourself. Please tell the people who run the app.

error-invalid-redirect-uri-title = We won’t send you there
error-invalid-redirect-uri-explanation = The app asked us to send you to an address it isn’t registered for. To protect your account, we stopped here.
error-invalid-redirect-uri-advice = If you followed a link from a message or a website you don’t trust, close this page. Otherwise, tell the people who run the app.

error-unsupported-response-type-title = This app asks for something we don’t offer
error-unsupported-response-type-explanation = The app asked for a kind of answer that this server doesn’t give.
error-unsupported-response-type-advice = You can’t fix this yourself. Please tell the people who run the app.

error-access-denied-title = Nothing was shared
error-access-denied-explanation = Access was not allowed, so the app didn’t receive anything.
error-access-denied-advice = If you change your mind, go back to the app and start again.

error-server-error-title = Something went wrong on our side
error-server-error-explanation = We couldn’t finish what you asked for. It isn’t anything you did.
error-server-error-advice = Please try again in a moment. If it happens again, tell the administrator, and give them the details below.

error-temporarily-unavailable-title = We’re not available just now
error-temporarily-unavailable-explanation = The server is very busy, or is being looked after.
error-temporarily-unavailable-advice = Please try again in a few minutes.

error-invalid-csrf-title = This page was open too long
error-invalid-csrf-explanation = The form has expired, so nothing was sent. It may also help to allow cookies for this site.
error-invalid-csrf-advice = Go back, reload the page and try again.

error-not-found-title = There is no page here
error-not-found-explanation = The address may be mistyped, or the page has moved.
error-not-found-advice = Check the address, or go back to where you came from.

error-method-not-allowed-title = This page can’t be opened that way
error-method-not-allowed-explanation = The address is right, but it was called in a way it doesn’t support.
error-method-not-allowed-advice = Go back to where you came from and try again.

error-too-many-requests-title = That was a little too fast
error-too-many-requests-explanation = Many requests came from your network in a short time, so we’re pausing for a moment.
error-too-many-requests-advice = Please wait a few minutes and try again.

error-payload-too-large-title = That’s too much at once
error-payload-too-large-explanation = What was sent is larger than this server accepts.
error-payload-too-large-advice = Please shorten it and try again.

error-sign-up-closed-title = New accounts aren’t open here
error-sign-up-closed-explanation = On this server, people can’t create an account by themselves.
error-sign-up-closed-advice = If you should have an account, please ask the administrator.

error-setup-link-invalid-title = This setup link doesn’t work any more
error-setup-link-invalid-explanation = It was used already, has expired, or wasn’t copied completely.
error-setup-link-invalid-advice = If the owner’s account exists, sign in with it. If not, restart the server: it prints a new link.

error-other-browser-title = Please start again
error-other-browser-explanation = This sign-in was started in another browser, or too long ago.
error-other-browser-advice = Go back to the app and sign in from there, in this browser.

error-link-invalid-title = This link doesn’t work any more
error-link-invalid-explanation = It was used already, is too old, or a newer one was sent. It may also be that it wasn’t copied completely.
error-link-invalid-advice = Begin again where you asked for it, and open the link in the newest mail.

error-invitation-needed-title = Accounts are by invitation here
error-invitation-needed-explanation = On this server, an account is made by the link of an invitation.
error-invitation-needed-advice = If you have one, open its link. If you should have one, please ask the administrator.

error-email-taken-title = This address belongs to another account
error-email-taken-explanation = Somebody has shown that this address is theirs, in another account.
error-email-taken-advice = Sign in with that account, or choose another address.

error-other-host-title = You’ll find us at another address
error-other-host-explanation = This server only answers at the address below, so that no other address can pass for it.
error-other-host-advice = Please open it there. If you run this server: people must use the address that is set as issuer, and a proxy in front must pass the Host header on.

error-way-in-closed-title = The app doesn’t take this way in
error-way-in-closed-explanation = The app that you want to go to is open to other ways of signing in than the one you used.
error-way-in-closed-advice = Go back to the app, and choose one of the ways that it shows you.

error-upstream-unavailable-title = We can’t send you there just now
error-upstream-unavailable-explanation = The service that you wanted to sign in with can’t be reached.
error-upstream-unavailable-advice = Please try again in a moment, or sign in another way.

error-upstream-state-title = Please start again
error-upstream-state-explanation = You came back from another service with an answer that this browser didn’t ask for, or that came too late.
error-upstream-state-advice = Go back to the app, or to the sign-in page, and start once more. It may also help to allow cookies for this site.

error-link-other-session-title = Nothing was added
error-link-other-session-explanation = You are signed in as somebody else, or not at all any more, than when you began to add an account.
error-link-other-session-advice = Sign in, and add it once more from your account page.

error-identity-taken-title = It belongs to another account
error-identity-taken-explanation = That account elsewhere opens another account here, so nothing was changed.
error-identity-taken-advice = Sign in with it and remove it there, if you want to have it here.
