admin-act-second-step = 2段階認証だけを削除
admin-act-second-step-means = 認証アプリと回復コードが削除され、すべてログアウトされます。パスキーは残ります。本人からの依頼であることを先に確かめてください。本人にはメールで知らせます。
admin-act-passkey = 削除
admin-act-passkey-means = このパスキーは使えなくなり、すべてログアウトされます。本人にはメールで知らせます。
admin-act-unlink = 連携を解除
admin-act-unlink-means = この外部アカウントではログインできなくなり、そこから始まったセッションも終了します。本人にはメールで知らせます。
admin-error-only-way-in = これがないとこの人はログインできなくなります。先にパスワードを設定するリンクを送り、設定されてからもう一度お試しください。
admin-error-only-second-factor = この人には2段階認証が必要ですが、ほかの手段がありません。2段階認証とパスキーをまとめて削除してください。
