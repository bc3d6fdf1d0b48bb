
## The administration: first steps

first-steps = はじめに
first-steps-number = ステップ { $number } / { $of }
first-steps-done = 完了
first-steps-go-on = 続ける
first-steps-save = 保存して次へ
first-steps-skip = このステップをスキップする
first-steps-finish = 概要へ進む

first-steps-account = アカウント
first-steps-name = 名前
first-steps-app = アプリ
first-steps-sign-in = ログイン
first-steps-name-do = サーバーの名前と色を決める
first-steps-app-do = 最初のアプリを追加する
first-steps-sign-in-do = Google、Apple、LINEなどでログインできるようにする

first-steps-name-title = サーバーの名前を決める
first-steps-name-lead = ログインの画面やメールに表示される名前です。会社や製品の名前にするとわかりやすくなります。
first-steps-name-later = ロゴや利用規約へのリンクなどは、「設定」でいつでも変更できます。

first-steps-app-title = 最初のアプリを追加する
first-steps-app-lead = ログインを受け付けるアプリの種類を選んでください。それぞれ安全な設定から始まり、あとからすべて変更できます。
first-steps-app-save = アプリを追加する
first-steps-app-more = 詳しく設定する場合は、
first-steps-app-all = すべての項目があるフォームを開く
first-steps-other-kind = 別の種類を選ぶ
first-steps-to-ways = 次へ：ログインの方法

first-steps-ways-title = ログインの方法
first-steps-ways-lead = すでにログインできる状態です。必要に応じて、ほかのサービスのアカウントでもログインできるようにしましょう。
first-steps-ways-there = 今使える方法
first-steps-password = メールアドレスとパスワード
first-steps-passkeys = パスキー（追加した人）
first-steps-code = メールで届くコード
first-steps-no-mail = メールを設定していないと、メールアドレスの確認やパスワードの再設定ができません。
first-steps-mail = メールを設定する

## The administration: lists

admin-shown = 表示中：{ $count }件
audit-unfollow = 自動更新を止める
audit-following = 新しいイベントは自動で表示されます。
event-users-exported = ユーザーの一覧を書き出し
admin-users-group = グループまたはロール
admin-users-export-lead = 上の検索で見つかる全員の情報をファイルに書き出します。書き出したことは監査ログに記録されます。
