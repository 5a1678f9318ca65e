"""Who gets a site's reports: the public pages behind the links in an email, and the publisher's list of recipients."""
