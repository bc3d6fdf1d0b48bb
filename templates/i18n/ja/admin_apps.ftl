
## The administration: apps

app-fault = { $problem }.
app-error-taken = このIDのアプリはすでにあります。
app-error-id = アプリのIDは変更できません。
app-error-secret = シークレットはここでは設定できません。新しいシークレットを発行してください。
app-error-settings = このアプリは設定ファイルで登録されています。設定ファイルで変更してください。
app-error-public = このアプリは公開クライアントで、シークレットがありません。
app-error-overlap = 0〜30日の範囲で指定してください。
