# コードとしての構成: ファイルが示す状態と、その後の変更。

manifest-secret-kept = { $variable } が設定されていないため、このシークレットはそのまま残ります。
manifest-secret-missing = { $variable } が設定されておらず、シークレットもまだありません。値を設定してください。
