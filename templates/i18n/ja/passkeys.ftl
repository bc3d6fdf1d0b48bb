## パスキー

passkeys-title = パスキー
passkeys-lead = 指紋や顔、画面ロックでログインできます。何も入力する必要がなく、人に知られる心配もありません。
passkeys-created = { $when }に追加
passkeys-used = 最終利用 { $when }
passkeys-unused = 未使用
passkeys-rename = 名前の変更
passkeys-name = 名前
passkeys-save = 保存
passkeys-name-wrong = 名前は1文字以上{ $max }文字以内で入力してください。
passkeys-remove = 削除
passkeys-remove-question = このパスキーを削除しますか。削除すると、このパスキーではログインできなくなります。端末やパスワード管理アプリには、そちらでも削除するまで表示されることがあります。
passkeys-remove-yes = このパスキーを削除する
passkeys-only-way-in = ログインする方法がこのパスキーしかないため、削除できません。先にパスワードを設定してください。
passkeys-only-second-factor = 2段階認証の手段がこのパスキーしかないため、削除できません。先に別のパスキーか認証アプリを追加するか、2段階認証を無効にしてください。
passkeys-add = パスキーを追加
passkeys-full = 追加できるパスキーの数が上限に達しています。追加するには、どれかを削除してください。
passkeys-on-device = { $device }のパスキー
passkeys-unnamed = パスキー

passkeys-sign-in = パスキーでログイン
passkeys-use = パスキーを使う

passkeys-refused = パスキーを確認できませんでした。もう一度お試しいただくか、ほかの方法をご利用ください。
passkeys-cancelled = キャンセルされたか、時間切れになりました。もう一度お試しいただけます。
passkeys-known = この端末またはパスワード管理アプリには、すでにこのアカウントのパスキーがあります。
passkeys-failed = このブラウザーでパスキーを使用できませんでした。もう一度お試しいただくか、ほかの方法をご利用ください。
passkeys-unavailable = このブラウザーではパスキーを使用できません。引き続きパスワードをご利用いただけます。
passkeys-noscript = パスキーを追加するにはJavaScriptが必要ですが、このブラウザーでは無効になっています。引き続きパスワードをご利用いただけます。
passkeys-noscript-sign-in = パスキーでログインするにはJavaScriptが必要ですが、このブラウザーでは無効になっています。パスワードはそのままご利用いただけます。
passkeys-noscript-second-factor = パスキーを使うにはJavaScriptが必要ですが、このブラウザーでは無効になっています。確認コードはそのままご利用いただけます。

passkeys-offer-title = 次回からもっと簡単にログイン
passkeys-offer-lead = パスキーを追加すると、パスワードの代わりに、指紋や顔、画面ロックでログインできます。
passkeys-offer-later = 今はしない

## 2段階認証のパスキー

second-factor-title-passkey = 本人確認
second-factor-lead-passkey = パスワードを確認しました。続いて、パスキーを使ってください。
second-factor-hint-recovery = リカバリーコードのうちの1つを入力してください。
two-step-lead-passkeys = パスワードでログインするときに、パスキーまたは認証アプリのコードで、もう一度確認します。パスワードを知られただけでは、ログインされません。
two-step-passkey-submit = パスキーで有効にする
two-step-passkey-first = アプリがない場合は、先にパスキーを追加すると、パスキーで有効にできます。
two-step-lead-on-any = パスワードでログインするときに、もう一度確認します。
two-step-app-none = 未設定
two-step-app-start = 認証アプリを設定する
two-step-passkeys-count =
    { $count ->
        [0] なし
       *[other] { $count }個
    }

enroll-lead-passkey = 「{ $app }」を利用するには、指紋や顔、画面ロックで本人確認をするパスキーが必要です。設定は1分ほどで終わります。
notice-passkey = このアプリの利用にはパスキーが必要です。パスキーでログインしてください。
