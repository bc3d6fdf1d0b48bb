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
scope-groups-title = グループの参照
scope-groups-detail = ここで所属しているグループの名前
scope-roles-title = ロールの参照
scope-roles-detail = ここで割り当てられているロールの名前
scope-offline-access-title = 継続的なアクセス
scope-offline-access-detail = アプリを使っていない間も、許可を取り消すまで有効です
scope-line-friend-title = LINE公式アカウントの友だち状態の参照
scope-line-friend-detail = LINE公式アカウントを友だち追加しているかどうか
scope-unknown-detail = このアプリが独自に定める権限

## フォームでアプリに戻る

form-post-title = 少々お待ちください
form-post-lead = アプリに戻ります。
form-post-noscript = お使いのブラウザーではスクリプトが無効になっています。ボタンを押して進んでください。
form-post-continue = 進む
