## アカウント

account-title = ログインしています
account-lead = { $instance }のアカウントです。
account-email-verified = 確認済み
account-email-unverified = 未確認
account-username = ユーザー名
account-signed-in-at = ログイン日時
account-sign-out = ログアウト

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
two-step-title = 2段階認証
two-step-lead = ログインするときに、パスワードに加えて、お手元の端末に表示されるコードを確認します。パスワードを知られただけでは、ログインされません。
two-step-needs = 6桁のコードを表示する認証アプリが必要です。パスワード管理アプリの多くも対応しています。
two-step-start = 設定する
two-step-scan = 認証アプリでQRコードを読み取り、表示されたコードを入力してください。
two-step-qr = 認証アプリ用のQRコード。内容は下のキーと同じです。
two-step-open = この端末の認証アプリを開く
two-step-secret = 読み取れない場合は、次のキーを入力してください
two-step-first-code = アプリに表示された6桁の数字
two-step-confirm = 有効にする
two-step-cancel = キャンセル
two-step-turned-on = 2段階認証を有効にしました。ほかの端末ではログアウトされました。
two-step-codes-title = リカバリーコード
two-step-codes-keep = 端末をなくしたときなどに、確認コードの代わりに1つにつき1回だけ使えます。書き留めるか印刷して、安全な場所に保管してください。もう一度表示することはできません。
two-step-codes-done = 保管しました
two-step-lead-on = ログインするときに、パスワードに加えて、認証アプリのコードを確認します。
two-step-since = 認証アプリ
two-step-on = 有効
two-step-codes-left =
    { $count ->
        [0] 残りはありません。新しいコードを作成してください。
       *[other] 残り{ $count }個
    }
two-step-codes = リカバリーコードの再作成
two-step-codes-lead = 今までのリカバリーコードは使えなくなります。また、ほかの端末ではログアウトされます。
two-step-codes-submit = 新しいコードを作成
two-step-off = 2段階認証の無効化
two-step-off-lead = パスワードだけでログインできるようになります。リカバリーコードは使えなくなり、ほかの端末ではログアウトされます。
two-step-off-submit = 無効にする
sessions-title = ログイン中の端末
sessions-lead = 次の端末でログインしています。心当たりのない端末はログアウトし、パスワードを変更してください。
sessions-unknown = 不明な端末
sessions-here = この端末
sessions-seen = 最終利用 { $when }
place-city = { $country } { $city }
place-this-machine = このコンピューター
place-this-network = このネットワーク内
sessions-end-others = ほかの端末をすべてログアウト
apps-title = 連携中のアプリ
apps-lead = 次のアプリにアカウントの利用を許可しています。取り消すと、そのアプリからログアウトされます。
apps-none = 連携しているアプリはありません。
apps-since = { $when }から
apps-withdraw = 取り消す
apps-withdraw-from = { $app }の許可を取り消す
account-verify-send = 確認メールを送信
account-verify-sent = メールをお送りしました。メールのリンクを開いて、アドレスを確認してください。

## 最近の操作

activity-title = 最近の操作
activity-lead = アカウントで最近あった操作です。身に覚えのないものがあれば、パスワードを変更し、ほかの端末からログアウトしてください。
activity-none = まだ何もありません。
activity-earlier = 以前の操作
event-signed-up = アカウントを作成
event-signed-in = ログイン
event-signed-in-anew = 新しい端末でログイン
event-password-wrong = パスワードの誤り
event-second-factor-wrong = 確認コードまたはパスキーの誤り
event-throttled = 試行回数が多すぎるため停止
event-signed-out = ログアウト
event-signed-out-elsewhere = ほかのすべての端末からログアウト
event-password-changed = パスワードを変更
event-password-reset = メールでパスワードを再設定
event-second-factor-on = 2段階認証をオン
event-second-factor-off = 2段階認証をオフ
event-recovery-codes-renewed = リカバリーコードを再発行
event-recovery-code-used = リカバリーコードを使用
event-passkey-added = パスキーを追加
event-passkey-removed = パスキーを削除
event-identity-linked = ほかのサービスのアカウントの追加
event-identity-unlinked = ほかのサービスのアカウントの解除
event-signed-out-by-provider = 連携しているサービスからの通知によるログアウト
event-identity-suspended = 安全でないとの通知により、連携しているアカウントを停止
event-identity-resumed = 停止していた連携アカウントを再開
event-identity-doubted = 連携しているサービスから、パスワードが漏れたおそれがあるとの通知
event-identity-withdrawn = 連携しているサービスからの通知による連携の解除
event-relay-stopped = Appleによるメールの転送が停止
event-relay-resumed = Appleによるメールの転送が再開
event-kept-access-ended = ほかのサービスへのアクセス許可の取り消し
event-email-verified = メールアドレスを確認
event-email-change-begun = メールアドレスの変更を申請
event-email-change-approved = 元のアドレスからメールアドレスの変更を確認
event-email-change-unapproved = 元のアドレスを確認せずにメールアドレスを変更
event-email-changed = メールアドレスを変更
event-email-restored = メールアドレスを元に戻す
event-profile-changed = プロフィールを変更
event-app-allowed = アプリにアクセスを許可
event-app-withdrawn = アプリのアクセスを取り消し
event-token-reused = アプリのトークンが二重に使われたため取り消し
event-data-exported = データを書き出し
event-frozen = アカウントを凍結
event-unfrozen = アカウントの凍結を解除
event-deletion-scheduled = アカウントの削除を申請
event-deletion-cancelled = アカウントの削除を取り消し

## データの写し、凍結、削除

leave-title = データの書き出し・凍結・削除
leave-export = データの写し
leave-export-lead = あなたについて保存しているすべての情報を、JSONファイルで受け取れます。
leave-export-submit = ダウンロード
leave-freeze = アカウントを凍結する
leave-freeze-lead = 誰かに使われているおそれがあるときに使います。あなたとすべてのアプリがすぐにログアウトされ、あなたがログインして解除するまで誰も使えません。
leave-freeze-sure = はい、アカウントを凍結します
leave-freeze-submit = 凍結する
leave-delete = アカウントを削除する
leave-delete-lead =
    { $days ->
        [0] あなたとすべてのアプリがすぐにログアウトされ、数分のうちにすべてのデータが完全に削除されます。
       *[other] あなたとすべてのアプリがすぐにログアウトされます。{ $days } 日以内にログインすれば取り消せます。その後、すべてのデータが完全に削除されます。
    }
leave-delete-sure = はい、アカウントとすべてのデータを削除します
leave-delete-submit = 削除する
leave-sure-needed = 確認のため、チェックを入れてください。
leave-last-operator = ほかに管理者がいません。先にほかの方を管理者にしてください。
leave-frozen = アカウントを凍結しました。もう一度使うときは、ログインしてください。
leave-leaving = アカウントは { $when } に削除されます。残す場合は、それまでにログインしてください。

## メールアドレスの変更

change-email-title = メールアドレスの変更
change-email-lead = 新しいアドレスにメールをお送りします。アドレスを確認していただくと、変更が完了します。
change-email-lead-both = まず現在のアドレスに、次に新しいアドレスにメールをお送りします。両方を確認していただくと、変更が完了します。
change-email-current = 現在のメールアドレス
change-email-new = 新しいメールアドレス
change-email-submit = メールを送信
change-email-sent = { $email }にメールをお送りしました。メールに記載されたコードを入力するか、リンクを開いてください。それまでは何も変更されません。
change-email-same = すでに登録されているアドレスです。
approve-email-sent = { $email }にメールをお送りしました。メールに記載されたコードを入力するか、リンクを開いてください。次に、{ $new }にメールをお送りします。両方が確認されるまでは何も変更されません。
approve-email-without = { $email }のメールを確認できない
approve-email-go-on = { $email }のメールを確認せずに続ける
approve-email-stuck-title = ご本人であることを確認できません
approve-email-stuck-lead = { $email }のメールを確認できない場合は、ほかの方法でご本人であることを確認する必要があります。
approve-email-stuck-factor = 2段階認証またはパスキーで確認できますが、すべて設定してから{ $days }日以上たっている必要があります。
approve-email-stuck-operator = 確認できない場合は、{ $instance }の運営者にお問い合わせください。ご本人であることが確認できれば、運営者がアドレスを変更できます。
approve-email-title = メールアドレスを変更しますか？
approve-email-lead = アカウントのメールアドレスを、このメールが届いたアドレスから{ $email }に変更しますか？次に、新しいアドレスにもメールをお送りします。
approve-email-submit = 変更を続ける
approve-email-done-title = あと一歩で完了です
approve-email-done-lead = { $email }にメールをお送りしました。メールのリンクを開くと、変更が完了します。それまでは何も変更されません。
approve-email-done-onward = アカウントに進む
confirm-email-title = 新しいメールアドレスの確認
confirm-email-lead = アカウントのメールアドレスを{ $email }に変更しますか？
confirm-email-submit = 新しいアドレスを確認する
confirm-email-done-title = メールアドレスを変更しました
confirm-email-done-lead = 今後は{ $email }でログインしてください。
confirm-email-done-onward = アカウントに進む
undo-email-title = メールアドレスを元のままにしますか？
undo-email-lead = アカウントのメールアドレスを{ $email }のままにします。すべての端末がログアウトされます。その後、お送りするメールから新しいパスワードを設定してください。
undo-email-submit = このアドレスのままにする
undo-email-done-title = メールアドレスを元に戻しました
undo-email-done-lead = すべての端末がログアウトされました。新しいパスワードを設定するためのメールを{ $email }にお送りします。
undo-email-done-onward = ログイン
