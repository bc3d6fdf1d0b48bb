## ログアウト

sign-out-title = ログアウトしますか？
sign-out-lead = このブラウザーで{ $instance }からログアウトします。
sign-out-lead-client = 「{ $app }」が、このブラウザーでの{ $instance }からのログアウトを求めています。
sign-out-submit = ログアウト
sign-out-otherwise = ログアウトしない場合は、このページを閉じてください。

signed-out-title = ログアウトしました
signed-out-lead = このページを閉じても問題ありません。
signed-out-continue = 「{ $app }」に進む
signed-out-continue-unnamed = 次へ進む
sign-out-everybody = このブラウザーの全員をログアウト
