
## The administration: apps

app-fault = { $problem }.
app-error-taken = Another app has this id already.
app-error-id = The id of an app can’t be changed.
app-error-secret = A secret can’t be set here: have a new one made.
app-error-settings = The settings file registers this app; change it there.
app-error-public = This app is public: it has no secret.
app-error-overlap = It must be between 0 and 30 days.
