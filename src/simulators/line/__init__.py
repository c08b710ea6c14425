"""The LINE platform on localhost: Messaging API, webhooks, LINE Login and a phone in the browser."""
