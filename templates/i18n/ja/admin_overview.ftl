
## The overview

overview-users = アカウント
overview-people = ログイン中の人数
overview-sessions = セッション
overview-sign-ins = ログイン（24時間）
overview-refusals = 拒否（24時間）
overview-newcomers = 新しいアカウント（24時間）
overview-in-month = 30日間：{ $count }
overview-day = 過去24時間のログイン（UTC）
overview-month = 過去30日間のログイン（UTC）
overview-chart-says = ログイン{ $signins }件、拒否{ $refusals }件。
overview-as-table = 表で見る
overview-refused = 拒否
overview-by-password = パスワード
overview-by-passkey = パスキー
overview-by-email = メール
overview-by-other = その他
overview-health = 稼働状況
overview-database = データベース
overview-answers = 応答しています
overview-mail = メール
overview-mail-off = このサーバーはメールを送信しません。
overview-letters = 送信待ち{ $waiting }通（うち再送待ち{ $failing }通）
overview-oldest = 最も古いもの：{ $when }
overview-key = 署名鍵
overview-key-age = { $days ->
    [0] 今日から使用中
   *[other] 使用開始から{ $days }日
}
overview-key-next = 次の鍵は公開済みです。
overview-key-next-at = { $when } に次の鍵へ切り替わります。
overview-provider-good = 最後の成功：{ $when }
overview-provider-bad = 最後の失敗：{ $when }
overview-provider-unknown = まだ使われていません
overview-this-node = プロバイダーの状況は、このノードが起動してから確認したものです。
overview-no-second-factor = 2段階認証もパスキーも設定されていません。あなたのアカウントはこのサーバーを管理できるため、設定してください。
overview-webhook-failing = Webhook「{ $name }」がメッセージを受信していません。
overview-webhook-disabled = Webhook「{ $name }」は停止中です。
overview-mail-late = 5分以上送信されていないメールがあります。
overview-provider-failing = { $name } での直近のログインが、プロバイダー側または設定の問題で失敗しました。
