## プロフィール

profile-title = プロフィール
profile-lead = { $instance }に登録されているあなたの情報です。アプリには、許可した項目だけが渡されます。
profile-saved = プロフィールを保存しました。
profile-submit = 保存
profile-changed-meanwhile = このページを開いている間に、別の場所でプロフィールが変更されました。下には入力された内容を表示しています。この内容でよければもう一度保存してください。最新の内容を確認するには、ページを再読み込みしてください。
profile-names = 氏名とユーザー名
profile-about = あなたについて
profile-phone = 電話番号
profile-address = 住所

picture = 画像
picture-hint = PNG、JPEG、WebP形式で5MBまで。中央の部分が表示されます。
picture-submit = アップロード
picture-remove = 削除
picture-saved = 画像を保存しました。
picture-removed = 画像を削除しました。
picture-format = 画像として読み取れないファイルです。PNG、JPEG、WebP形式の画像を選択してください。
picture-large = 画像が大きすぎます。5MB、5,000万画素までの画像を選択してください。

claim-name = お名前
claim-given_name = 名
claim-family_name = 姓
claim-middle_name = ミドルネーム
claim-nickname = ニックネーム
claim-preferred_username = ユーザー名
claim-preferred_username-hint = ログインにも使えます。半角の英字、数字、ドット、ハイフン、アンダースコアで2~64文字。
claim-profile = 紹介ページ
claim-website = ウェブサイト
claim-gender = 性別
claim-birthdate = 生年月日
claim-birthdate-hint = 例: 1990-04-01。年だけ(1990)でも、年を伏せて(0000-04-01)も登録できます。
claim-zoneinfo = タイムゾーン
claim-zoneinfo-hint = 例: Asia/Tokyo
claim-locale = 言語
claim-locale-hint = 画面とメールの言語です。すべての端末で使われます。
claim-locale-browser = ブラウザーの設定に従う
claim-phone_number = 電話番号
claim-phone_number-hint = 国番号から入力してください。例: +81 90 1234 5678
claim-street_address = 町名・番地・建物名
claim-locality = 市区町村
claim-region = 都道府県
claim-postal_code = 郵便番号
claim-country = 国

claim-bad-characters = 表示できない文字が含まれています。入力し直してください。
claim-bad-url = https:// から始まるウェブアドレスを入力してください。
claim-bad-birthdate = 日付の形式が正しくありません。1990-04-01 のように入力してください。
claim-bad-zoneinfo = このタイムゾーンは見つかりません。一覧から選択してください。
claim-bad-phone = 国番号から入力してください。例: +81 90 1234 5678
claim-bad-locale = 一覧から言語を選択してください。
username-invalid = 半角の英字、数字、ドット、ハイフン、アンダースコアで、2~64文字で入力してください。
username-taken = このユーザー名はすでに使われています。別のユーザー名を入力してください。
