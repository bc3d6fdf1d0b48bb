# Configuration as code: what a file says of the instance, and what has changed since.

manifest-secret-kept = { $variable } is not set, so this secret stays as it is.
manifest-secret-missing = { $variable } is not set, and there is no secret yet; set it to one.
