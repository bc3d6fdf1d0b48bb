## 新規登録

sign-up-title = アカウントを作成
sign-up-lead = 「{ $app }」を利用するためのアカウントを作成します。
sign-up-password-hint = 8文字以上で入力してください。関連のない言葉をいくつか組み合わせると安全です。
sign-up-submit = アカウントを作成
sign-up-agree = { $instance }のアカウントを作成すると、次の内容に同意したものとみなされます。
sign-up-have-account = アカウントをお持ちの方は
sign-up-sign-in = ログイン

owner-title = { $instance }へようこそ
owner-lead = はじめに、オーナーのアカウントを作成します。オーナーは、このサーバーの設定と利用者のアクセスを管理できます。
owner-submit = オーナーのアカウントを作成

required = 入力してください。
email-invalid = メールアドレスの形式が正しくありません。ご確認ください。
email-domain = このドメインのメールアドレスでは登録できません。別のアドレスを入力してください。
email-taken = このメールアドレスはすでに登録されています。ログインしてください。
password-short = 8文字以上で入力してください。
password-long = { $max }文字以内で入力してください。
password-weak-short = 推測されやすいパスワードです。言葉をもう1つか2つ足してください。
password-weak-common = 多くの人が使っているパスワードか、それに似たパスワードです。別のパスワードを入力してください。
password-weak-keyboard = キーボードの並びは推測されやすくなります。別のパスワードを入力してください。
password-weak-repeats = 「aaa」や「abcabc」のような繰り返しは推測されやすくなります。別のパスワードを入力してください。
password-weak-sequence = 「abc」や「6543」のような連続した文字は推測されやすくなります。別のパスワードを入力してください。
password-weak-date = 日付や年は推測されやすくなります。別のパスワードを入力してください。
password-weak-word = 1つの単語や名前だけのパスワードは推測されやすくなります。言葉をもう1つか2つ足してください。
password-leaked = このパスワードは過去に流出したことがあり、他人に知られているおそれがあります。別のパスワードを入力してください。
name-long = { $max }文字以内で入力してください。

sign-up-sent = { $email } にメールを送りました。メールにあるコードを入力すると完了します。
sign-up-again = 別のアドレスを使う
sign-up-link-title = メールアドレスの確認
sign-up-link-lead = { $instance } で { $email } を使います。
sign-up-link-submit = アカウントを作成
sign-up-elsewhere-done-title = 元のブラウザーに戻ってください
sign-up-elsewhere-done-lead = { $email } のアカウントの作成は、別のブラウザーで始められました。そのブラウザーで、メールにあるコードを入力するか、リンクを開いてください。
sign-up-elsewhere-done-onward = ログイン画面へ
sign-up-known-done-title = アカウントをすでにお持ちです
sign-up-known-done-lead = { $email } のアカウントはすでにあります。そのアカウントでログインしてください。
sign-up-known-done-onward = ログイン
