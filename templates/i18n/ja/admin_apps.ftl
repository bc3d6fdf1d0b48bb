
## The administration: apps

admin-apps = アプリ
admin-apps-lead = ここでサインインを受け付けるアプリと、自分自身のトークンを取得するプログラムです。
apps-search = 検索
apps-search-hint = 名前、ID、リダイレクトURIから探します。
apps-search-do = 検索する
admin-apps-none = アプリは見つかりませんでした。
apps-next = 次のページ
app-new = 新しいアプリ
app-new-lead = アプリの種類を選んでください。それぞれ安全な設定から始まり、あとからすべて変更できます。
app-back = 戻る
app-back-to-list = アプリの一覧
app-kind = 種類
app-kind-spa = シングルページアプリ
app-kind-spa-means = ブラウザーだけで動くため、シークレットを持てません。PKCEで、サインインを始めたものと終えるものが同じであることを確かめます。スクリプトは、リダイレクトURIのオリジンからトークンエンドポイントを呼び出せます。
app-kind-web = ウェブアプリ
app-kind-web-means = サーバーで動き、シークレットとセッションをサーバーに保管します。トークンはブラウザーに渡りません。
app-kind-native = モバイル・デスクトップアプリ
app-kind-native-means = 利用者の端末にインストールします。シークレットは持たず、システムのブラウザーでサインインします。
app-kind-machine = マシン
app-kind-machine-means = 人が関わらず、自分自身として動くプログラムです。シークレットだけでトークンを取得し、人に関するトークンは取得できません。
app-kind-agent = MCPサーバー・AIエージェント
app-kind-agent-means = 本人の同意を得て、代わりに動くエージェントです。シークレットは持ちません。アクセストークンの有効期間は10分で、本人はいつでもアクセスを取り消せます。
app-of-settings = 設定ファイル
app-of-settings-means = このアプリは設定ファイルで登録されています。ここでは表示だけができ、変更は設定ファイルで行います。
app-edit = 変更する
app-start = 接続方法
app-start-lead = アプリに設定する内容です。登録内容が入力済みで、クリックすると全体を選択できます。
app-test = サインインのテスト
app-checks = 点検結果
app-checks-fine = 問題は見つかりませんでした。
app-facts = 登録内容
app-save = 保存する
app-nothing = なし
app-none-of-these = 指定しない
app-meanwhile = 編集中に、ほかの人がこのアプリを変更しました。入力した内容は下に残っています。以下が今の内容です。もう一度保存すると、入力した内容で置き換えます。

app-about = アプリについて
app-addresses = アドレス
app-protocol = できること
app-people = サインインできる人と方法
app-tokens = トークン
app-links = リンクとロゴ
app-devices = 端末のアプリ
app-client-id = クライアントID
app-client-id-hint = 空欄にするとランダムに決まります。あとから変更できません。
app-client-name = 名前
app-client-name-hint = サインインや同意の画面に表示されます。
app-redirect-uris = リダイレクトURI
app-redirect-uris-hint = サインイン後に戻る場所を、1行に1つ入力します。1文字ずつ完全に一致する必要があります。https、この端末だけのhttp、またはcom.example.app:/callbackのようなアプリ独自のスキームが使えます。
app-post-logout-redirect-uris = サインアウト後の場所
app-post-logout-redirect-uris-hint = サインアウト後に移動できる場所を、1行に1つ入力します。
app-token-endpoint-auth-method = クライアント認証の方法
app-token-endpoint-auth-method-hint = シークレットを保管できるならclient_secret_basic、できないならnoneです。
app-application-type = 動作する場所
app-application-type-hint = nativeは端末で動くアプリです。http://127.0.0.1はどのポートでも一致します。
app-grant-types = グラントタイプ
app-grant-types-hint = authorization_codeはサインイン、refresh_tokenはサインインの継続、client_credentialsはマシン用です。
app-scope = スコープ
app-scope-hint = 要求できる範囲を空白で区切って入力します。openid、profile、email、address、phone、offline_access、または独自のスコープです。
app-require-pkce = PKCEを必須にする
app-require-pkce-hint = アプリが対応できない場合を除き、オンのままにしてください。
app-skip-consent = 同意を求めない
app-skip-consent-hint = 自社のアプリだけで使ってください。
app-allowed-providers = サインインの方法
app-allowed-providers-hint = このアプリで使える方法を選びます。何も選ばないとすべて使えます。localはGenkan自身の方法です。
app-required-acr = 必要な認証の強さ
app-required-acr-hint = 1faは1要素、mfaは2要素、phrはパスキーです。
app-default-max-age = 再サインインまでの秒数
app-default-max-age-hint = 空欄にすると、セッションの間は求めません。
app-access-token-lifetime = アクセストークンの有効期間
app-access-token-lifetime-hint = 60〜86400秒。空欄にすると全体の設定に従います。
app-refresh-token-lifetime = 未使用のリフレッシュトークンの有効期間
app-refresh-token-lifetime-hint = 300〜31536000秒。空欄にすると全体の設定に従います。
app-id-token-signed-response-alg = IDトークンのアルゴリズム
app-access-token-signed-response-alg = アクセストークンのアルゴリズム
app-client-uri = ウェブサイト
app-logo-uri = ロゴのアドレス
app-logo-uri-hint = アプリのページでアップロードしたロゴが優先されます。
app-policy-uri = プライバシーポリシー
app-tos-uri = 利用規約
app-ios-app-ids = iOSアプリ
app-ios-app-ids-hint = チームIDとバンドルIDを、1行に1つ入力します。例: A1B2C3D4E5.com.example.app
app-android-apps = Androidアプリ
app-android-apps-hint = パッケージ名に続けて、署名証明書のSHA-256フィンガープリントを入力します。

app-secret = シークレット
app-secret-lead = アプリはシークレットで自分を証明します。表示されたのは一度だけで、保管しているのはダイジェストだけです。
app-secret-made = シークレットを発行しました。今すぐコピーしてください。表示されるのは今回だけです。
app-secret-two = 今は2つのシークレットが有効です。新しいものと、{ $when } までは以前のものも使えます。
app-secret-revoke = 以前のシークレットを今すぐ無効にする
app-secret-revoke-means = 以前のシークレットを使っているものは、すぐに使えなくなります。
app-secret-renew = シークレットを更新する
app-secret-renew-means = 新しいシークレットを発行し、一度だけ表示します。今までのものも指定した日数は使えるので、途切れずに切り替えられます。
app-secret-days = 今までのものが使える日数
app-secret-days-hint = 0〜30日。0にするとすぐに無効になります。漏れたおそれがある場合は0にしてください。
app-logo = ロゴ
app-logo-file = 画像
app-logo-hint = PNG、JPEG、WebPで5 MBまで。正方形に描き直し、このサーバーから配信します。
app-logo-save = ロゴを保存する
app-logo-remove = ロゴを削除する
app-delete = このアプリを削除する
app-delete-means = 「{ $name }」にはサインインできなくなり、利用者が許可した内容もすべて取り消されます。元に戻すことはできません。

app-fault = { $field ->
    [client_id] 1〜128文字の英数字と -._~ で入力してください。
    [client_name] 1〜100文字の読める文字で入力してください。
    [client_secret] 16文字以上のランダムな値にしてください。公開クライアントには設定できません。
    [redirect_uris] 正しいリダイレクトURIを、1行に1つ入力してください。
    [post_logout_redirect_uris] 正しいURIを、1行に1つ入力してください。
    [grant_types] グラントタイプの組み合わせが正しくありません。
    [scope] スコープに使えない文字があります。
    [require_pkce] 公開クライアントではPKCEが必須です。
   *[other] 入力内容が正しくありません。
 }（{ $problem }）
app-error-number = 整数で入力してください。
app-error-taken = このIDのアプリはすでにあります。
app-error-id = アプリのIDは変更できません。
app-error-secret = シークレットはここでは設定できません。新しいシークレットを発行してください。
app-error-settings = このアプリは設定ファイルで登録されています。設定ファイルで変更してください。
app-error-public = このアプリは公開クライアントで、シークレットがありません。
app-error-overlap = 0〜30日の範囲で指定してください。

check-is-broken = 動作しません:
check-is-doubtful = 確認してください:
check-is-a-note = 参考:
check-no-pkce = PKCEが必須になっていません。アプリが対応できるならオンにしてください。コードが盗まれても使えなくなります。
check-no-consent-public = 同意を求めず、シークレットもありません。同じ端末のほかのアプリがなりすますおそれがあるため、同意を求めてください。
check-no-openid = openidを要求できないため、IDトークンを受け取れず、誰がサインインしたか分かりません。
check-offline-without-refresh = offline_accessを要求できますが、refresh_tokenを使えません。グラントタイプを追加するか、スコープを外してください。
check-no-sign-out = サインアウト後の場所が登録されていません。サインアウトした人はGenkanのページに残ります。
check-no-scope-of-its-own = マシンが持てるスコープがありません。api.readのような独自のスコープを追加してください。
check-two-secrets = 以前のシークレットがまだ有効です。アプリが新しいものに切り替わったら無効にしてください。
check-localhost = { $about }: localhostではなく127.0.0.1にしてください。どのポートでも一致し、ほかのプログラムに名前を奪われません。
check-development = { $about }: 開発者の端末のアドレスです。本番で使うアプリからは削除してください。
check-scheme-without-native = { $about }: アプリ独自のスキームですが、nativeとして登録されていません。
check-root = { $about }: トップページです。/callbackのような専用のパスにすると、コードがほかのページに渡りません。
check-looks-like-an-endpoint = { $about }: アプリのページではなく、プロバイダーのエンドポイントのようです。
check-query = { $about }: クエリがあり、これも完全に一致する必要があります。変わる値にはstateを使ってください。
check-twins = { $about }: 末尾のスラッシュありとなしの両方が登録されています。アプリが送るほうだけを残してください。
check-cors = スクリプトは { $about } と、ほかのリダイレクトURIのオリジンからトークンエンドポイントを呼び出せます。
check-no-cors = ウェブのリダイレクトURIがないため、スクリプトはトークンエンドポイントを呼び出せません。アプリのアドレスを登録してください。
check-no-way-in = 使えるサインインの方法がないため、誰もサインインできません（{ $about }）。ほかの方法を選ぶか、プロバイダーを設定してください。
check-provider-gone = プロバイダー { $about } は使われていないため、この方法では誰も来られません。
check-acr-out-of-reach = パスキーが必要ですが、このサーバーのアドレスではパスキーを使えません。

snippet-discovery = ディスカバリー
snippet-env = 環境変数
snippet-spa = openid-client（ブラウザー）
snippet-web = openid-client（サーバー）
snippet-flutter = Flutter AppAuth
snippet-curl = curlでトークンを取得
snippet-mcp-metadata = MCPサーバーの /.well-known/oauth-protected-resource に置くメタデータ
snippet-mcp-check = トークンがないときのMCPサーバーの応答

trial-lead = アプリが送るのと同じように実際にサインインし、各段階を確認します。応答はアプリの代わりにGenkanが受け取ります。登録は不要で、ほかの人が使うことはできません。
trial-secret = アプリのシークレットは不要です。コードはGenkanの内部で引き換えます。発行されたものは、結果が表示される前にすべて取り消されます。
trial-prompt = 利用者に求めること（prompt）
trial-acr-values = 希望する認証の強さ（acr_values）
trial-idp-hint = プロバイダーへ直接移動（idp_hint）
trial-max-age = サインインの有効な秒数（max_age）
trial-begin = リクエストを準備する
trial-ready = リクエスト
trial-ready-lead = アプリが送る内容です。10分以内に進めてください。
trial-send = 送信する
trial-again = もう一度テストする
trial-good = 正常に動作しました。サインインが完了し、受け取ったものはすべて正しい内容です。
trial-some-wrong = サインインは完了しましたが、正しくないものがあります。
trial-over = このテストは終了したか、別のブラウザーまたは別の人が始めたものです。もう一度始めてください。
trial-is-right = ✓
trial-is-wrong = ✗
trial-state = stateがそのまま戻りました。
trial-response-iss = 応答の発行者はこのサーバーです。
trial-code = PKCEの検証値でコードを引き換えました。
trial-scope = 要求できる範囲 → 許可された範囲:
trial-refresh = リフレッシュトークンの有無:
trial-signature = IDトークンは公開された鍵で署名されています:
trial-iss = 発行者が正しい:
trial-aud = このアプリ宛て:
trial-exp = 有効期限:
trial-nonce = nonceがリクエストと一致しています。
trial-at-hash = アクセストークンと結び付いています（at_hash）:
trial-access-token = アクセストークンは有効です:
trial-userinfo = UserInfoが応答しました。
trial-revoked = 発行されたものはすべて取り消し済みです。
trial-id-token-header = IDトークン: ヘッダー
trial-id-token-claims = IDトークン: クレーム
trial-access-token-header = アクセストークン: ヘッダー
trial-access-token-claims = アクセストークン: クレーム
trial-error-access-denied = 拒否されたか、このアプリを使えない人です（access_denied）。もう一度テストして許可してください。続く場合は、アプリのサインインの方法を確認してください。
trial-error-login-required = 誰もサインインしておらず、prompt=noneのため求めることもできません（login_required）。先にサインインするか、promptを外してください。
trial-error-consent-required = まだ同意しておらず、prompt=noneのため求めることもできません（consent_required）。一度promptなしでテストしてください。
trial-error-interaction-required = 利用者の操作が必要ですが、prompt=noneのためできません（interaction_required）。promptを外してください。
trial-error-unmet-authentication-requirements = この人は希望する認証の強さを満たせません（unmet_authentication_requirements）。2段階認証かパスキーを設定してもらうか、要求を下げてください。
trial-error-invalid-scope = アプリが要求できるスコープがありません（invalid_scope）。アプリにスコープを追加するか、別のスコープを要求してください。
trial-error-unauthorized-client = アプリはこの方法を使えません（unauthorized_client）。グラントタイプのauthorization_codeを選んでください。
trial-error-invalid-request = リクエストが正しくありません（invalid_request）: { $description }
trial-error-invalid-grant = コードを引き換えられませんでした（invalid_grant）: { $description } サインインの方法の制限が変わった可能性があります。
trial-error-other = { $code } で失敗しました: { $description }
