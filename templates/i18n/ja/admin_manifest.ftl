# コードとしての構成: ファイルが示す状態と、その後の変更。

manifest-secret-kept = { $variable } が設定されていないため、このシークレットはそのまま残ります。
manifest-secret-missing = { $variable } が設定されておらず、シークレットもまだありません。値を設定してください。

admin-configuration = 構成ファイル
configuration-title = コードとしての構成
configuration-lead = 設定、アプリ、外部プロバイダー、グループ、ロールを 1 つのファイルにまとめてバージョン管理し、そこから一括で適用できます。
configuration-never = このインスタンスにはまだファイルが適用されていません。
configuration-applied = 最後にファイルを適用した日時: { $when }
configuration-unreadable = 適用された内容を比較できません。別の鍵または別のバージョンで封印されています。ファイルをもう一度適用してください。
configuration-same = すべてファイルのとおりです。
configuration-since = 適用後の変更
configuration-since-means = 変更を元に戻すには、ファイルをもう一度適用します。変更を残すには、エクスポートして差分をコミットします。
configuration-what = 対象
configuration-now = 現在
configuration-in-file = ファイル
configuration-gone = その後削除
configuration-new = その後追加
configuration-other = その後変更
configuration-setting = 設定
configuration-group = グループ
configuration-role = ロール
configuration-provider = プロバイダー
configuration-client = アプリ
configuration-who = 誰がいつ変更したかは監査ログで確認できます。
configuration-unlisted = ファイルになく、そのまま残っているもの: { $count }
configuration-export = エクスポート
configuration-export-means = ファイルには既定値と異なる内容だけが書き出されます。シークレットは含まれず、代わりに環境変数の名前が入ります。
configuration-export-do = instance.toml をダウンロード
configuration-commands = サーバー上では、次のコマンドで書き出し、変更内容の確認、適用ができます。
overview-drift = 構成ファイルの適用後に、手作業による変更が { $count } 件ありました。
