"""What a site's people do with its companies: status, kind, owner, tags, notes, reminders, history, lists, saved views.

It hangs on the company's stable id in the app database and changes no event. Reports read it as filters
(tracker.leads.workflow.resolving) that name companies.
"""
