-- What an app told of itself that signed somebody in without a browser, in JSON: its grant is a session of its own.
ALTER TABLE grants ADD COLUMN device TEXT;
