# ほかのサービスのボタンの文言。ブランドごとに認められた表記が決まっているため、自由に訳さない。
# (ここだけは「サインイン」「続行」なども、各ブランドの表記に従う)

continue-with-google = Google で続行
continue-with-apple = Appleで続ける
continue-with-line = LINEでログイン
continue-with-github = GitHubで続ける
continue-with-microsoft = Microsoft でサインイン
continue-with-facebook = Facebookで続ける
continue-with-x = Xで続ける
continue-with-instagram = Instagramで続ける
continue-with-generic = ほかのアカウントで続ける
continue-with = { $provider }で続ける

providers-list = ほかのサービスのアカウントを使う
provider-last-used = 前回使用
