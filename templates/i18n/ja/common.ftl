# 画面の文言(日本語)。キーと変数は en の同名ファイルと同じにする。
# です・ます調。「サインイン」ではなく「ログイン」。感嘆符は使わない。

## 共通

languages = 言語
language-en = 英語
language-ja = 日本語
opens-in-new-tab = (新しいタブで開きます)
client-website = ウェブサイト
client-policy = プライバシーポリシー
client-terms = 利用規約
email = メールアドレス
name = お名前
password = パスワード
signed-in-as = ログイン中
