# 画面の文言(日本語)。キーと変数は en.ftl と同じにする。
# です・ます調。「サインイン」ではなく「ログイン」。感嘆符は使わない。

## 共通

languages = 言語
opens-in-new-tab = (新しいタブで開きます)
client-website = ウェブサイト
client-policy = プライバシーポリシー
client-terms = 利用規約
email = メールアドレス
name = お名前
password = パスワード
signed-in-as = ログイン中

## ログイン

sign-in-title = ログイン
sign-in-lead = 「{ $app }」を利用するには、ログインしてください。
sign-in-identifier = メールアドレスまたはユーザー名
sign-in-submit = ログイン
sign-in-or = または
sign-in-providers = ほかの方法でログイン
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

## 新規登録

sign-up-title = アカウントを作成
sign-up-lead = 「{ $app }」を利用するためのアカウントを作成します。
sign-up-password-hint = 8文字以上で入力してください。関連のない言葉をいくつか組み合わせると安全です。
sign-up-submit = アカウントを作成
sign-up-have-account = アカウントをお持ちの方は
sign-up-sign-in = ログイン

owner-title = { $instance }へようこそ
owner-lead = はじめに、オーナーのアカウントを作成します。オーナーは、このサーバーの設定と利用者のアクセスを管理できます。
owner-submit = オーナーのアカウントを作成

required = 入力してください。
email-invalid = メールアドレスの形式が正しくありません。ご確認ください。
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
name-long = { $max }文字以内で入力してください。

## アカウントの選択

select-account-title = アカウントを選択
select-account-lead = 「{ $app }」で使用するアカウントを選択してください。
select-account-continue = { $name }で続ける
select-account-other = 別のアカウントを使う

## アクセスの許可

consent-title = 「{ $app }」によるアクセスを許可しますか？
consent-scopes = 「{ $app }」に許可する内容
consent-allow = 許可する
consent-deny = 許可しない
consent-redirect = このあと { $host } に移動します。
consent-read = 「{ $app }」について

scope-openid-title = ご本人の識別
scope-openid-detail = ログインのたびに変わらない、あなたの識別子
scope-profile-title = プロフィールの参照
scope-profile-detail = お名前、画像、言語などの情報
scope-email-title = メールアドレスの参照
scope-email-detail = メールアドレスと、確認済みかどうか
scope-address-title = 住所の参照
scope-address-detail = プロフィールに登録されている住所
scope-phone-title = 電話番号の参照
scope-phone-detail = 電話番号と、確認済みかどうか
scope-offline-access-title = 継続的なアクセス
scope-offline-access-detail = アプリを使っていない間も、許可を取り消すまで有効です
scope-unknown-detail = このアプリが独自に定める権限

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

## アカウント

account-title = ログインしています
account-lead = { $instance }のアカウントです。
account-email-verified = 確認済み
account-email-unverified = 未確認
account-username = ユーザー名
account-signed-in-at = ログイン日時
account-sign-out = ログアウト

## フォームでアプリに戻る

form-post-title = 少々お待ちください
form-post-lead = アプリに戻ります。
form-post-noscript = お使いのブラウザーではスクリプトが無効になっています。ボタンを押して進んでください。
form-post-continue = 進む

## エラー: 題、起きたこと、できること

error-code-label = エラーコード
error-id-label = リクエストID
error-back = 戻る

error-invalid-request-title = リクエストを処理できません
error-invalid-request-explanation = アプリから送られたリクエストに、不足または誤りがあります。
error-invalid-request-advice = アプリに戻り、もう一度お試しください。解決しない場合は、下記の情報を添えてアプリの提供元にお問い合わせください。

error-invalid-client-title = 登録されていないアプリです
error-invalid-client-explanation = このアプリはこのサーバーに登録されていないか、登録が終了しています。
error-invalid-client-advice = アクセス元が正しいかご確認ください。正しい場合は、アプリの提供元にお問い合わせください。

error-unauthorized-client-title = このアプリでは利用できない方法です
error-unauthorized-client-explanation = アプリが、登録されていない方法でログインを求めました。
error-unauthorized-client-advice = お客様の操作では解決できません。アプリの提供元にお問い合わせください。

error-invalid-redirect-uri-title = 移動を中止しました
error-invalid-redirect-uri-explanation = アプリが指定した移動先は登録されていません。アカウントを保護するため、移動を中止しました。
error-invalid-redirect-uri-advice = 心当たりのないメッセージやウェブサイトのリンクから開いた場合は、このページを閉じてください。そうでない場合は、アプリの提供元にお問い合わせください。

error-unsupported-response-type-title = 対応していない形式です
error-unsupported-response-type-explanation = アプリが、このサーバーで対応していない形式の応答を求めました。
error-unsupported-response-type-advice = お客様の操作では解決できません。アプリの提供元にお問い合わせください。

error-access-denied-title = 情報は共有されていません
error-access-denied-explanation = アクセスが許可されなかったため、アプリには何も渡していません。
error-access-denied-advice = 許可する場合は、アプリに戻って最初からやり直してください。

error-server-error-title = 問題が発生しました
error-server-error-explanation = サーバー側の問題により、処理を完了できませんでした。お客様の操作が原因ではありません。
error-server-error-advice = 少し時間をおいて、もう一度お試しください。解決しない場合は、下記の情報を添えて管理者にお問い合わせください。

error-temporarily-unavailable-title = 現在ご利用いただけません
error-temporarily-unavailable-explanation = サーバーが混み合っているか、メンテナンス中です。
error-temporarily-unavailable-advice = 数分後に、もう一度お試しください。

error-invalid-csrf-title = ページの有効期限が切れました
error-invalid-csrf-explanation = 入力内容は送信されていません。このサイトのCookieが無効になっている場合にも、この画面が表示されます。
error-invalid-csrf-advice = 前のページに戻って再読み込みし、もう一度お試しください。

error-not-found-title = ページが見つかりません
error-not-found-explanation = アドレスが間違っているか、ページが移動した可能性があります。
error-not-found-advice = アドレスをご確認いただくか、前のページにお戻りください。

error-method-not-allowed-title = この方法では開けません
error-method-not-allowed-explanation = アドレスは正しいですが、対応していない方法でアクセスされました。
error-method-not-allowed-advice = 前のページに戻り、もう一度お試しください。

error-too-many-requests-title = アクセスが集中しています
error-too-many-requests-explanation = お使いのネットワークから短時間に多くのアクセスがあったため、一時的に制限しています。
error-too-many-requests-advice = 数分後に、もう一度お試しください。

error-payload-too-large-title = 送信内容が大きすぎます
error-payload-too-large-explanation = このサーバーで受け付けられる大きさを超えています。
error-payload-too-large-advice = 内容を短くして、もう一度お試しください。

error-sign-up-closed-title = 新規登録は受け付けていません
error-sign-up-closed-explanation = このサーバーでは、ご自身でアカウントを作成することはできません。
error-sign-up-closed-advice = アカウントが必要な場合は、管理者にお問い合わせください。

error-setup-link-invalid-title = このリンクは使用できません
error-setup-link-invalid-explanation = すでに使用されたか、有効期限が切れているか、リンクの一部が欠けています。
error-setup-link-invalid-advice = オーナーのアカウントがすでにある場合は、ログインしてください。ない場合は、サーバーを再起動すると新しいリンクが表示されます。

error-other-browser-title = 最初からやり直してください
error-other-browser-explanation = このログインは別のブラウザーで始められたか、開始から時間がたちすぎています。
error-other-browser-advice = アプリに戻り、このブラウザーでもう一度ログインしてください。

## アカウントのページ

account-pages = アカウントの管理
account-back = アカウントに戻る
password-title = パスワードの変更
password-lead = 変更すると、この端末以外ではログアウトされます。
password-current = 現在のパスワード
password-current-wrong = 現在のパスワードが正しくありません。もう一度入力してください。
password-new = 新しいパスワード
password-submit = パスワードを変更
password-changed = パスワードを変更しました。ほかの端末ではログアウトされました。
sessions-title = ログイン中の端末
sessions-lead = 次の端末でログインしています。心当たりのない端末はログアウトし、パスワードを変更してください。
sessions-unknown = 不明な端末
sessions-here = この端末
sessions-seen = 最終利用 { $when }
sessions-end-others = ほかの端末をすべてログアウト
apps-title = 連携中のアプリ
apps-lead = 次のアプリにアカウントの利用を許可しています。取り消すと、そのアプリからログアウトされます。
apps-none = 連携しているアプリはありません。
apps-since = { $when }から
apps-withdraw = 取り消す
apps-withdraw-from = { $app }の許可を取り消す
