"""The companies of a site, by what their events say.

`known` has which companies a period has, `claims` which names and domains they have, `ids` their ids, `asked` the company of an id,
and `names` how names are compared.
"""
