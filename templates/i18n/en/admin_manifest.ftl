# Configuration as code: what a file says of the instance, and what has changed since.

manifest-secret-kept = { $variable } is not set, so this secret stays as it is.
manifest-secret-missing = { $variable } is not set, and there is no secret yet; set it to one.

admin-configuration = Configuration
configuration-title = Configuration as code
configuration-lead = Settings, apps, other providers, groups and roles can stand in one file under version control, and be applied from it as a whole.
configuration-never = No file has been applied to this instance yet.
configuration-applied = A file was last applied on { $when }.
configuration-unreadable = What was applied can’t be compared any more: it was sealed under another key, or by another version. Apply the file again.
configuration-same = Everything is as the file says.
configuration-since = Changed since then
configuration-since-means = Apply the file again to undo these changes, or export the instance and commit the difference to keep them.
configuration-what = What
configuration-now = Now
configuration-in-file = In the file
configuration-gone = removed since
configuration-new = added since
configuration-other = changed since
configuration-setting = Setting
configuration-group = Group
configuration-role = Role
configuration-provider = Provider
configuration-client = App
configuration-who = The audit trail says who made them, and when.
configuration-unlisted = Not in the file, and left alone: { $count }
configuration-export = Export
configuration-export-means = The file says what differs from the defaults. Secrets aren’t in it: it names variables in their place.
configuration-export-do = Download instance.toml
configuration-commands = On the server, commands export it, show what applying it would change, and do it:
overview-drift =
    { $count ->
        [one] One change was made by hand since the configuration file was applied.
       *[other] { $count } changes were made by hand since the configuration file was applied.
    }
