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

error-link-invalid-title = このリンクは使用できません
error-link-invalid-explanation = すでに使用されたか、有効期限が切れているか、より新しいリンクが送信されています。リンクの一部が欠けている場合もあります。
error-link-invalid-advice = 最初からやり直して、最新のメールにあるリンクを開いてください。

error-invitation-needed-title = アカウントの作成には招待が必要です
error-invitation-needed-explanation = このサーバーでは、招待のリンクからアカウントを作成します。
error-invitation-needed-advice = 招待を受け取っている場合は、そのリンクを開いてください。招待が必要な場合は、管理者にお問い合わせください。

error-email-taken-title = このメールアドレスは使用できません
error-email-taken-explanation = このアドレスは、別のアカウントで確認されています。
error-email-taken-advice = そのアカウントでログインするか、別のアドレスを指定してください。

error-other-host-title = 別のアドレスでアクセスしてください
error-other-host-explanation = なりすましを防ぐため、このサーバーは下のアドレスでのみ応答します。
error-other-host-advice = 下のアドレスを開いてください。サーバーの管理者の方は、issuer に設定したアドレスで公開されているか、前段のプロキシが Host ヘッダーをそのまま渡しているかをご確認ください。

error-way-in-closed-title = このログイン方法はご利用になれません
error-way-in-closed-explanation = お使いになるアプリは、別の方法でのログインだけを受け付けています。
error-way-in-closed-advice = アプリに戻り、表示されるログイン方法からお選びください。

error-upstream-unavailable-title = ただいま接続できません
error-upstream-unavailable-explanation = ログインに使おうとしたサービスにつながりません。
error-upstream-unavailable-advice = しばらくしてからもう一度お試しになるか、別の方法でログインしてください。

error-upstream-state-title = もう一度やり直してください
error-upstream-state-explanation = ほかのサービスから戻りましたが、このブラウザーで始めたものではないか、時間がたちすぎています。
error-upstream-state-advice = アプリまたはログインページに戻り、もう一度お試しください。このサイトのCookieを許可すると解決することもあります。

error-link-other-session-title = 追加されませんでした
error-link-other-session-explanation = 追加を始めたときとは別の人がログインしているか、ログアウトしています。
error-link-other-session-advice = ログインして、アカウントのページからもう一度追加してください。

error-identity-taken-title = すでに別のアカウントで使われています
error-identity-taken-explanation = そのサービスのアカウントは、ここの別のアカウントと連携しているため、何も変更していません。
error-identity-taken-advice = こちらで使うには、そのアカウントでログインして連携を解除してください。
