## ログイン

sign-in-title = ログイン
sign-in-lead = 「{ $app }」を利用するには、ログインしてください。
sign-in-identifier = メールアドレスまたはユーザー名
sign-in-submit = ログイン
sign-in-or = または
sign-in-no-account = アカウントをお持ちでない方は
sign-in-create = 新規登録
sign-in-cancel = 「{ $app }」に戻る

notice-sign-in-again = 続けるには、もう一度ログインしてください。
notice-signed-up = アカウントを作成しました。ログインしてください。
notice-session-ended = ログアウトされました。もう一度ログインしてください。

error-credentials = ユーザー名またはパスワードが正しくありません。ご確認のうえ、もう一度お試しください。
error-busy = ただいま混み合っています。少し時間をおいて、もう一度お試しください。
error-throttled =
    { $minutes ->
       *[other] 試行回数が上限に達しました。{ $minutes }分ほどたってから、もう一度お試しください。
    }

notice-start-again = 時間が経過したか、コードを間違えた回数が上限に達しました。もう一度ログインしてください。

second-factor-title = 確認コードの入力
second-factor-lead = ご本人であることを確認するため、認証アプリに表示されているコードを入力してください。
second-factor-code = 確認コード
second-factor-hint = 認証アプリに表示される6桁の数字です。端末がお手元にない場合は、リカバリーコードを入力してください。
second-factor-submit = 次へ
second-factor-wrong = コードが正しくないか、すでに使用されています。次のコードが表示されてから、もう一度お試しください。
second-factor-restart = 別のアカウントでログイン

## アカウントの選択

select-account-title = アカウントを選択
select-account-lead = 「{ $app }」で使用するアカウントを選択してください。
select-account-continue = { $name }で続ける
select-account-other = 別のアカウントを使う

sign-in-remember = ログインしたままにする
second-factor-trust = このブラウザーでは { $days } 日間、確認を省略する

## アプリが求める追加の確認

enroll-title = もうひとつ設定が必要です
enroll-lead = { $app } では2段階認証が必要です。パスワードに加えて、もうひとつの方法でご本人であることを確認します。設定は1分ほどで終わります。
enroll-set-up = 今すぐ設定する

## アカウントに戻る

returning-title = おかえりなさい
returning-frozen = このアカウントは凍結中で、誰も使えません。もう一度使いますか。
returning-leaving = このアカウントは削除の手続き中です。{ $when } に、すべてのデータとともに削除されます。
returning-unfreeze = もう一度使う
returning-stay = アカウントを残す
returning-otherwise = このページを閉じれば、何も変わりません。

## メールでのログインと、パスワードの再設定

sign-in-forgot = パスワードをお忘れですか？
sign-in-by-mail = メールのコードでログイン
back-to-sign-in = ほかの方法でログイン
check-mail-title = メールをご確認ください
check-mail-hint = 数分たってもメールが届かない場合は、迷惑メールフォルダーと、入力したアドレスをご確認ください。
first-proof = このメールアドレスがご本人のものと確認されるのは、今回が初めてです。安全のため、これより前に設定されたパスワード、パスキー、2段階認証は解除されます。

forgot-title = パスワードの再設定
forgot-lead = メールアドレスを入力してください。新しいパスワードを設定するためのリンクをお送りします。
forgot-submit = リンクを送信
forgot-sent = このアドレスのアカウントがある場合は、リンクを記載したメールをお送りします。

reset-title = 新しいパスワードの設定
reset-lead = { $email }のアカウントのパスワードを設定します。すべての端末からログアウトしたうえで、ここでログインします。
reset-submit = パスワードを保存

mail-sign-in-title = メールでログイン
mail-sign-in-lead = メールアドレスを入力してください。パスワードの代わりに使えるコードをお送りします。
mail-sign-in-submit = コードを送信
mail-sign-in-sent = このアドレスのアカウントがある場合は、メールをお送りします。メールに記載されたコードを入力するか、リンクを開いてください。
mail-sign-in-again = メールをもう一度送信
mailed-code = 確認コード
mailed-code-submit = 次へ
mailed-code-wrong = コードが正しくありません。最新のメールに記載されたコードを入力してください。

mail-link-title = ログイン
mail-link-lead = ボタンを押すと、{ $email }としてこのブラウザーでログインします。
mail-link-submit = ログイン
mail-link-elsewhere = この手続きは別のブラウザーで始められました。そちらでログインする場合は、ボタンを押さずに、メールのコードをそちらに入力してください。メールは1回だけ使えます。

verify-title = メールアドレスの確認
verify-lead = { $email }はご本人のアドレスで、{ $instance }のアカウントはご自身で作成されたものですか？
verify-submit = アドレスを確認する
verify-done-title = メールアドレスを確認しました
verify-done-lead = { $email }にメールが届くことを確認しました。
verify-done-onward = アカウントに進む

unfreeze-mailed-done-title = メールをご確認ください
unfreeze-mailed-done-lead = ご本人であることを確認するため、登録されたアドレスにリンクを送りました。リンクを開いてから、ログインしてください。
unfreeze-mailed-done-onward = ログイン画面へ
unfreeze-title = アカウントをもう一度使いますか
unfreeze-lead = { $email } のアカウントは凍結中です。誰かにパスワードを知られたおそれがある場合は、ログインしたあとで新しいパスワードを設定してください。
unfreeze-submit = もう一度使う
unfreeze-done-onward = ログイン
unfreeze-done-title = アカウントの凍結を解除しました
unfreeze-done-lead = ログインできるようになりました。
