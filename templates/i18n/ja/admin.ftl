
## The administration

admin-title = 管理
admin-skip = 本文へ移動
admin-overview = 概要
admin-api = API
admin-api-lead = このページでできることは、プログラムからもすべて実行できます。APIキー、またはスコープがadminかadmin:readのアクセストークンを、Bearerトークンとして送ってください。
admin-api-base = アドレス
admin-api-permission = 必要な権限：{ $permission }
admin-api-parameters = パラメーター
admin-api-body = 送信する内容
admin-api-required = 必須
admin-api-keys = APIキー
admin-role = 役割
admin-name = 名前
admin-created = 作成
admin-last-used = 最終使用
admin-good-until = 有効期限
admin-actions = 操作
admin-never = 未使用
admin-for-good = 失効させるまで
admin-revoke = 失効させる
admin-revoked-at = { $when } に失効
admin-create = 作成する
admin-api-keys-lead = このサーバーを管理するプログラムは、このキーをBearerトークンとしてAPIに送ります。キーでできることは、その役割でできることと同じです。
admin-api-keys-none = APIキーはありません。
admin-api-keys-new = 新しいAPIキー
admin-api-keys-days = 有効な日数
admin-api-keys-days-hint = 空欄にすると、失効させるまで有効です。
admin-api-keys-made = キーを作成しました。今すぐコピーしてください。表示されるのは今回だけです。
admin-api-keys-revoke-means = 「{ $name }」を使っているプログラムは、すぐに使えなくなります。元に戻すことはできません。

role-owner = オーナー
role-admin = 管理者
role-support = サポート
role-auditor = 監査

admin-error-above-you = この役割の人には操作できません。
admin-error-role-not-yours = この役割を与えることはできません。
admin-error-name = 1〜100文字の読める文字で入力してください。
admin-error-past = 未来の日時を指定してください。
admin-error-choose = いずれかを選んでください。
admin-error-number = 1〜3650の整数（日数）で入力してください。

error-not-for-you-title = このページは表示できません
error-not-for-you-explanation = ログインしていますが、あなたの役割ではこの操作はできません。
error-not-for-you-advice = 必要な場合は、オーナーに相談してください。この操作は記録されました。

error-stale-title = 先に変更されていました
error-stale-explanation = ページを開いた後に内容が変更されたか、今の状態では変更できません。何も変更していません。
error-stale-advice = 前のページに戻って再読み込みし、今の内容を確認してください。

error-second-factor-first-title = 先に2段階認証を設定してください
error-second-factor-first-explanation = このサーバーでは、あなたの役割の人は2段階認証が必要です。
error-second-factor-first-advice = アカウントのページで設定してから、もう一度開いてください。

event-user-created = 管理者がアカウントを作成
event-user-invited = 招待
event-user-updated = 管理者がアカウントを変更
event-user-disabled = 管理者がアカウントを停止
event-user-enabled = 管理者がアカウントの停止を解除
event-user-deleted = 管理者がアカウントを削除
event-users-merged = 管理者がアカウントを統合
event-role-changed = 管理上の役割を変更
event-access-revoked = 管理者がログアウト
event-reset-sent = 管理者がパスワード再設定を送信
event-factors-removed = 管理者が2段階認証を解除
event-group-created = グループまたはロールを作成
event-group-updated = グループまたはロールを変更
event-group-deleted = グループまたはロールを削除
event-member-added = グループまたはロールに追加
event-member-removed = グループまたはロールから削除
event-client-created = アプリを作成
event-client-updated = アプリを変更
event-client-deleted = アプリを削除
event-secret-rotated = アプリのシークレットを更新
event-provider-saved = プロバイダーを保存
event-provider-deleted = プロバイダーを削除
event-key-rotated = 署名鍵を切り替え
event-key-retired = 署名鍵を廃止
event-settings-changed = 設定を変更
event-configuration-applied = 設定ファイルを適用
event-api-key-created = APIキーを作成
event-api-key-revoked = APIキーを失効
event-webhook-created = Webhookを作成
event-webhook-updated = Webhookを変更
event-webhook-deleted = Webhookを削除
event-audit-exported = 監査ログを書き出し
event-backup-made = データベースをバックアップ
event-backup-restored = データベースをバックアップから復元
event-operator-refused = 管理操作を拒否
