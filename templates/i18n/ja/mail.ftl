## メール

mail-greeting = { $name } 様
mail-code = 確認コード：
mail-or-link = または、次のリンクを開いてください。
mail-plain-link = ボタンが動作しない場合は、次のアドレスをブラウザーに貼り付けてください。
mail-good-for-minutes =
    { $count ->
       *[other] このメールのリンクやコードは、{ $count }分以内に1回だけ使えます。
    }
mail-good-for-hours =
    { $count ->
       *[other] このメールのリンクやコードは、{ $count }時間以内に1回だけ使えます。
    }
mail-good-for-days =
    { $count ->
       *[other] このメールのリンクやコードは、{ $count }日以内に1回だけ使えます。
    }
mail-when = 日時
mail-device = 端末
mail-to-account = アカウントを確認する
mail-not-you = お心当たりがない場合は、すぐにパスワードを変更してください。ほかの端末はすべてログアウトされます。
mail-first-proof = このメールアドレスがご本人のものと確認されるのは、今回が初めてです。安全のため、これより前に設定されたパスワード、パスキー、2段階認証は解除されます。

mail-reset-subject = パスワードの再設定
mail-reset-text = { $instance }のアカウント（{ $email }）について、パスワードの再設定が申し込まれました。
mail-reset-button = 新しいパスワードを設定する
mail-reset-otherwise = お心当たりがない場合は、何もする必要はありません。パスワードは変更されません。

mail-verify-subject = メールアドレスの確認
mail-verify-text = メールアドレス{ $email }で、{ $instance }のアカウントが作成されました。ご本人のアドレスであることを確認してください。
mail-verify-button = アドレスを確認する
mail-verify-otherwise = アカウントを作成した覚えがない場合は、何もする必要はありません。アドレスの確認はしないでください。

mail-sign-in-subject = { $instance }へのログイン
mail-sign-in-text = { $instance }に{ $email }でログインする手続きが始められました。手続きを始めた画面に、コードを入力してください。
mail-sign-in-button = ログインする
mail-sign-in-otherwise = お心当たりがない場合は、何もする必要はありません。コードを他人に教えないでください。こちらからコードをお尋ねすることはありません。

mail-approve-email-subject = メールアドレスの変更の確認
mail-approve-email-text = { $instance }のアカウントのメールアドレスを{ $email }から{ $new }に変更する手続きが、ログイン中の端末で行われました。ご本人の操作であれば、手続きを始めた画面にコードを入力してください。
mail-approve-email-button = 変更を続ける
mail-approve-email-otherwise = お心当たりがない場合は、コードを誰にも教えないでください。別のメールで、アドレスを元のままにできます。

mail-change-email-subject = 新しいメールアドレスの確認
mail-change-email-text = { $instance }のアカウントのメールアドレスを{ $email }に変更する手続きが行われました。ご本人のアドレスであることを確認してください。
mail-change-email-button = 新しいアドレスを確認する
mail-change-email-otherwise = お心当たりがない場合は、何もする必要はありません。確認されないかぎり、何も変更されません。

mail-undo-email-subject = メールアドレスの変更が始められました
mail-undo-email-text = アカウントのメールアドレスを{ $email }から別のアドレスに変更する手続きが、ログイン中の端末で行われました。ご本人の操作であれば、このメールは変更を取り消すときにだけ必要です。
mail-undo-email-button = { $email }のままにする
mail-undo-email-otherwise = お心当たりがない場合は、変更の後でも、このボタンを押してください。アドレスを元に戻し、すべての端末をログアウトして、パスワードを設定し直します。

mail-undo-link-subject = ほかのサービスのアカウントが追加されました
mail-undo-link-text = { $instance }のアカウントに、ほかのサービスのアカウントが追加されました。そのアカウントでログインできる人は、あなたのアカウントにもログインできます。ご本人の操作であれば、何もする必要はありません。
mail-undo-link-button = 解除する
mail-undo-link-otherwise = お心当たりがない場合は、このボタンを押してください。追加されたアカウントを解除し、すべての端末をログアウトして、パスワードを設定し直します。

mail-new-device-subject = { $instance }への新しい端末でのログイン
mail-new-device-text = これまでに使われたことのない端末で、アカウントにログインがありました。
mail-password-changed-subject = パスワードが変更されました
mail-password-changed-text = { $instance }のアカウントのパスワードが変更されました。
mail-second-factor-on-subject = 2段階認証が有効になりました
mail-second-factor-on-text = 今後、{ $instance }へのログインには、認証アプリのコードも必要になります。
mail-second-factor-off-subject = 2段階認証が無効になりました
mail-second-factor-off-text = { $instance }へのログインに、認証アプリのコードは必要なくなりました。
mail-recovery-codes-renewed-subject = リカバリーコードが再作成されました
mail-recovery-codes-renewed-text = { $instance }のアカウントのリカバリーコードが再作成されました。以前のコードは使えません。
mail-recovery-code-used-subject = リカバリーコードが使用されました
mail-recovery-code-used-text = リカバリーコードを使って、{ $instance }のアカウントにログインがありました。
mail-passkey-added-subject = パスキーが追加されました
mail-passkey-added-text = { $instance }のアカウントにパスキーが追加されました。
mail-passkey-removed-subject = パスキーが削除されました
mail-passkey-removed-text = { $instance }のアカウントからパスキーが削除されました。
mail-identity-unlinked-subject = 連携していたアカウントが解除されました
mail-identity-unlinked-text = { $instance }のアカウントにログインできた、ほかのサービスのアカウントとの連携が解除されました。
mail-identity-suspended-subject = { $provider }のアカウントでは一時的にログインできません
mail-identity-suspended-text = { $provider }から、あなたのアカウントが安全でない、または停止されたとの通知がありました。解除の通知があるまで、{ $provider }では{ $instance }にログインできません。{ $provider }によるログイン中の端末は、すべてログアウトしました。
mail-identity-suspended-otherwise = まず{ $provider }のアカウントを確認してください。こちらには、メールで届くリンクなど、ほかの方法でログインできます。
mail-identity-doubted-subject = { $provider }のアカウントを確認してください
mail-identity-doubted-text = { $instance }へのログインに使っている{ $provider }のアカウントについて、パスワードが他人に知られたおそれがあるとの通知がありました。こちらでは何も変更していません。
mail-identity-doubted-otherwise = { $provider }でパスワードを変更してください。同じパスワードをほかでも使っている場合は、そちらも変更してください。
mail-identity-withdrawn-subject = { $provider }では{ $instance }にログインできなくなりました
mail-identity-withdrawn-text = { $provider }から、連携を取り消した、またはアカウントがなくなったとの通知がありました。{ $instance }のアカウントとの連携を解除し、{ $provider }によるログイン中の端末をログアウトしました。アカウントそのものは残っています。
mail-identity-withdrawn-otherwise = メールで届くリンクなど、ほかの方法でログインできます。{ $provider }のアカウントは、いつでもまた追加できます。
mail-email-changed-subject = メールアドレスが変更されました
mail-email-changed-text = { $instance }のアカウントのメールアドレスは、{ $email }になりました。
mail-reclaimed-subject = メールアドレスが確認されました
mail-reclaimed-text = { $email }がご本人のアドレスであることを確認しました。確認の前にほかの人が設定した可能性があるため、それまでのパスワード、パスキー、2段階認証を解除しました。
mail-frozen-subject = アカウントが凍結されました
mail-frozen-text = { $instance }のアカウントは凍結されています。解除するまで、だれもログインできません。
mail-deletion-scheduled-subject = アカウントの削除が予定されています
mail-deletion-scheduled-text = { $instance }のアカウントの削除が予定されています。取りやめるには、それまでにログインしてください。

## この端末のメール

local-mail-title = メール
local-mail-lead = メールサーバーが設定されていないため、メールはここに表示されます。この端末からだけ見られます。
local-mail-none = メールはまだありません。
local-mail-as-html = メールソフトでの表示

mail-sign-up-subject = { $instance } の確認コード
mail-sign-up-text = { $instance } へようこそ。{ $email } のアカウントを作成している画面に、このコードを入力してください。
mail-sign-up-button = 同じブラウザーで確認する
mail-sign-up-otherwise = お心当たりがない場合は、何もする必要はありません。コードを入力しない限り、アカウントは作成されません。コードは誰にも教えないでください。

mail-sign-up-known-subject = { $instance } のアカウントをすでにお持ちです
mail-sign-up-known-text = { $email } で { $instance } のアカウントを作成する操作がありましたが、このアドレスのアカウントはすでにあります。そのアカウントでログインしてください。パスワードをお忘れの場合は、ログイン画面で新しいパスワードを設定できます。
mail-sign-up-known-button = ログイン
mail-sign-up-known-otherwise = お心当たりがない場合は、何もする必要はありません。アカウントに変更はありません。

mail-invite-subject = { $instance } への招待
mail-invite-text = { $instance } に招待されました。{ $email } でアカウントを作成できます。
mail-invite-button = アカウントを作成
mail-invite-otherwise = このリンクは一度だけ使えます。お心当たりがない場合は、何もする必要はありません。

mail-unfreeze-subject = { $instance } のアカウントの凍結解除
mail-unfreeze-text = { $instance } のアカウントは凍結中です。あなたのパスワードを知っている方から、もう一度使うための操作がありました。ご本人の場合は、ここで確認してからログインしてください。
mail-unfreeze-button = もう一度使う
mail-unfreeze-otherwise = お心当たりがない場合は、誰かがパスワードを知っています。アカウントは凍結されたままです。もう一度使う前に、新しいパスワードを設定してください。
