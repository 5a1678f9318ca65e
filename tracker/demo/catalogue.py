"""The demo's data: a blog's articles, and the companies, places, sources and devices of its visitors.

All organisations except the well-known providers are invented. IP addresses are from documentation ranges (RFC 5737,
RFC 3849). Weights are relative.
"""

from __future__ import annotations

from typing import NamedTuple

SITE = "blog.atelier-plume.example"


class Article(NamedTuple):
    """A page. `published_day` is in days since the year's start, negative before it; `weight` is its popularity."""

    path: str
    title: str
    published_day: int
    weight: float


class DemoCompany(NamedTuple):
    """An organisation with its own network. `people` of it visit; `warmth`, 0–1, is how close it is to being a client."""

    name: str
    domain: str
    kind: str
    asn: int
    network: str
    city: str
    region: str
    country: str
    people: int
    warmth: float


class DemoPlace(NamedTuple):
    country: str
    region: str
    city: str
    weight: float


class DemoProvider(NamedTuple):
    """An internet provider, from which most visits come; it is never a lead."""

    organisation: str
    asn: int
    kind: str
    country: str
    weight: float


class DemoOrigin(NamedTuple):
    """A link by which visitors come; `utm` are the campaign parameters of its URLs."""

    referrer: str | None
    utm: str
    weight: float
    company_weight: float


class DemoDevice(NamedTuple):
    """A visitor's device and browser, by its user agent; `screen_width` is in pixels."""

    user_agent: str
    screen_width: int
    weight: float


HOME = Article("/", "Atelier Plume : écrire pour être lu", -400, 1.0)
CONTACT = Article("/contact/", "Contact", -400, 0.2)
PRICES = Article("/tarifs/", "Tarifs et accompagnement", -400, 0.25)
ABOUT = Article("/a-propos/", "À propos", -400, 0.3)

ARTICLES: tuple[Article, ...] = (
    Article("/2025/publier-au-bon-moment/", "Publier au bon moment : ce que disent vos lecteurs", -60, 3.0),
    Article("/2025/ligne-editoriale/", "Construire une ligne éditoriale en une matinée", -210, 1.8),
    Article("/2025/titres-qui-tiennent/", "Des titres qui tiennent leurs promesses", -150, 1.2),
    Article("/2025/reseaux-sociaux-panorama/", "Panorama des réseaux sociaux : où sont vos clients ?", -30, 2.6),
    Article("/mesurer-audience-sans-cookies/", "Mesurer son audience sans cookies", 12, 2.9),
    Article("/linkedin-pour-les-discrets/", "LinkedIn pour les discrets", 26, 2.4),
    Article("/newsletter-premiers-abonnes/", "Newsletter : trouver ses cent premiers abonnés", 40, 1.6),
    Article("/lire-ses-statistiques/", "Lire ses statistiques en cinq minutes", 55, 1.4),
    Article("/interview-client/", "L’interview client, matière première du blog", 68, 1.0),
    Article("/recycler-ses-articles/", "Recycler ses articles sans se répéter", 82, 1.1),
    Article("/ecrire-avec-une-ia/", "Écrire avec une IA sans perdre sa voix", 96, 3.4),
    Article("/seo-pour-consultants/", "Le SEO pour consultants : l’essentiel", 110, 2.2),
    Article("/calendrier-editorial/", "Un calendrier éditorial que l’on suit vraiment", 124, 1.7),
    Article("/pages-qui-convertissent/", "Ces pages qui donnent envie d’appeler", 139, 1.5),
    Article("/citer-ses-sources/", "Citer ses sources : pourquoi et comment", 152, 0.8),
    Article("/livre-blanc-utile/", "Le livre blanc est-il encore utile ?", 166, 1.3),
    Article("/blog-entreprise-exemples/", "Dix blogs d’entreprise qui donnent des idées", 180, 2.0),
    Article("/accessibilite-des-articles/", "Rendre ses articles accessibles", 194, 0.9),
    Article("/assistants-ia-trafic/", "Quand les assistants IA vous envoient des lecteurs", 209, 2.3),
    Article("/mots-du-metier/", "Les mots du métier : jargon ou précision ?", 222, 0.7),
    Article("/relire-a-deux/", "Relire à deux, publier plus vite", 236, 0.9),
    Article("/prospecter-sans-telephone/", "Prospecter sans téléphone", 250, 1.9),
    Article("/b2b-cycle-de-vente/", "Le contenu dans un cycle de vente B2B", 264, 1.8),
    Article("/temoignages-clients/", "Demander un témoignage sans gêner", 279, 1.1),
    Article("/podcasts-professionnels/", "Lancer un podcast professionnel : bilan d’un an", 293, 1.2),
    Article("/rgpd-et-mesure/", "RGPD et mesure d’audience : où en est-on ?", 307, 2.1),
    Article("/rediger-une-etude-de-cas/", "Rédiger une étude de cas qui se lit", 321, 1.6),
    Article("/publier-moins/", "Publier moins, publier mieux", 335, 1.9),
    Article("/bilan-annee-blog/", "Un an de blog : les chiffres", 349, 1.4),
)

# What some readers do on a page that is not their first: which of them, the event's name and its properties.
GOALS = (
    (CONTACT, 0.14, "Form: Submission", '{"form":"contact"}'),
    (PRICES, 0.06, "Form: Submission", '{"form":"demande-de-devis"}'),
    (
        ARTICLES[3],
        0.04,
        "File Download",
        '{"url":"https://blog.atelier-plume.example/guides/calendrier-editorial.pdf"}',
    ),
    (ABOUT, 0.05, "Form: Submission", '{"form":"newsletter"}'),
)

# Invented organisations in networks and with AS numbers that are reserved for documentation (RFC 5398).
COMPANIES: tuple[DemoCompany, ...] = (
    DemoCompany(
        "Verrier & Fils",
        "verrier-fils.example",
        "business",
        64496,
        "192.0.2.0/28",
        "Lyon",
        "Auvergne-Rhône-Alpes",
        "FR",
        6,
        0.95,
    ),
    DemoCompany(
        "Banque du Littoral",
        "banque-littoral.example",
        "business",
        64497,
        "192.0.2.16/28",
        "Marseille",
        "Provence-Alpes-Côte d’Azur",
        "FR",
        9,
        0.9,
    ),
    DemoCompany(
        "Université de Brocéliande",
        "univ-broceliande.example",
        "education",
        64498,
        "192.0.2.32/28",
        "Rennes",
        "Bretagne",
        "FR",
        14,
        0.55,
    ),
    DemoCompany(
        "Groupe Hélianthe",
        "helianthe.example",
        "business",
        64499,
        "192.0.2.48/28",
        "Nantes",
        "Pays de la Loire",
        "FR",
        8,
        0.85,
    ),
    DemoCompany(
        "Mutuelle des Artisans",
        "mutuelle-artisans.example",
        "business",
        64500,
        "192.0.2.64/28",
        "Tours",
        "Centre-Val de Loire",
        "FR",
        5,
        0.7,
    ),
    DemoCompany(
        "Département de la Haute-Rive",
        "haute-rive.example",
        "government",
        64501,
        "192.0.2.80/28",
        "Dijon",
        "Bourgogne-Franche-Comté",
        "FR",
        7,
        0.6,
    ),
    DemoCompany(
        "Ateliers Morvan",
        "ateliers-morvan.example",
        "business",
        64502,
        "192.0.2.96/28",
        "Autun",
        "Bourgogne-Franche-Comté",
        "FR",
        3,
        0.8,
    ),
    DemoCompany(
        "Laboratoires Calixte",
        "calixte.example",
        "business",
        64503,
        "192.0.2.112/28",
        "Strasbourg",
        "Grand Est",
        "FR",
        10,
        0.65,
    ),
    DemoCompany(
        "Transports Delorme",
        "transports-delorme.example",
        "business",
        64504,
        "192.0.2.128/28",
        "Lille",
        "Hauts-de-France",
        "FR",
        4,
        0.5,
    ),
    DemoCompany(
        "École supérieure Vauban",
        "ecole-vauban.example",
        "education",
        64505,
        "192.0.2.144/28",
        "Besançon",
        "Bourgogne-Franche-Comté",
        "FR",
        8,
        0.4,
    ),
    DemoCompany(
        "Assurances Belvédère",
        "belvedere.example",
        "business",
        64506,
        "192.0.2.160/28",
        "Paris",
        "Île-de-France",
        "FR",
        12,
        0.75,
    ),
    DemoCompany(
        "Fonderie du Rhône",
        "fonderie-rhone.example",
        "business",
        64507,
        "192.0.2.176/28",
        "Valence",
        "Auvergne-Rhône-Alpes",
        "FR",
        2,
        0.45,
    ),
    DemoCompany(
        "Maison Quintessence",
        "quintessence.example",
        "business",
        64508,
        "192.0.2.192/28",
        "Bordeaux",
        "Nouvelle-Aquitaine",
        "FR",
        4,
        0.7,
    ),
    DemoCompany(
        "Agence Boréale",
        "agence-boreale.example",
        "business",
        64509,
        "192.0.2.208/28",
        "Montréal",
        "Québec",
        "CA",
        3,
        0.5,
    ),
    DemoCompany(
        "Énergies du Couchant",
        "energies-couchant.example",
        "business",
        64510,
        "192.0.2.224/28",
        "Brest",
        "Bretagne",
        "FR",
        5,
        0.55,
    ),
    DemoCompany(
        "Haute École du Léman",
        "he-leman.example",
        "education",
        64511,
        "192.0.2.240/28",
        "Lausanne",
        "Vaud",
        "CH",
        6,
        0.35,
    ),
    DemoCompany(
        "Brasserie Saint-Géry",
        "saint-gery.example",
        "business",
        65536,
        "198.51.100.0/28",
        "Bruxelles",
        "Bruxelles-Capitale",
        "BE",
        2,
        0.4,
    ),
    DemoCompany(
        "Office national des Rivages",
        "rivages.example",
        "government",
        65537,
        "198.51.100.16/28",
        "La Rochelle",
        "Nouvelle-Aquitaine",
        "FR",
        5,
        0.3,
    ),
    DemoCompany(
        "Nordwind Logistik",
        "nordwind.example",
        "business",
        65538,
        "198.51.100.32/28",
        "Hambourg",
        "Hambourg",
        "DE",
        3,
        0.3,
    ),
    DemoCompany(
        "Coopérative des Trois Vallées",
        "trois-vallees.example",
        "business",
        65539,
        "198.51.100.48/28",
        "Grenoble",
        "Auvergne-Rhône-Alpes",
        "FR",
        4,
        0.6,
    ),
    DemoCompany(
        "Fédération des Libraires",
        "libraires.example",
        "nonprofit",
        65540,
        "198.51.100.64/28",
        "Paris",
        "Île-de-France",
        "FR",
        3,
        0.45,
    ),
    DemoCompany(
        "Clinique des Tilleuls",
        "clinique-tilleuls.example",
        "business",
        65541,
        "198.51.100.80/28",
        "Montpellier",
        "Occitanie",
        "FR",
        3,
        0.25,
    ),
    DemoCompany(
        "Aéronautique Garonne",
        "aero-garonne.example",
        "business",
        65542,
        "198.51.100.96/28",
        "Toulouse",
        "Occitanie",
        "FR",
        11,
        0.6,
    ),
    DemoCompany(
        "Chambre des Métiers du Val",
        "cm-val.example",
        "government",
        65543,
        "198.51.100.112/28",
        "Orléans",
        "Centre-Val de Loire",
        "FR",
        4,
        0.35,
    ),
)

PROVIDERS: tuple[DemoProvider, ...] = (
    DemoProvider("Fournisseur Rouge (démo)", 65544, "isp", "FR", 30),
    DemoProvider("Fournisseur Bleu (démo)", 65545, "isp", "FR", 22),
    DemoProvider("Fournisseur Vert (démo)", 65546, "isp", "FR", 16),
    DemoProvider("Mobile Azur (démo)", 65547, "mobile", "FR", 14),
    DemoProvider("Télécom du Plat Pays (démo)", 65548, "isp", "BE", 6),
    DemoProvider("Alpes Net (démo)", 65549, "isp", "CH", 4),
    DemoProvider("Laurentides Câble (démo)", 65550, "isp", "CA", 4),
    DemoProvider("Nuage Privé (démo)", 65551, "hosting", "FR", 4),
)

PLACES: tuple[DemoPlace, ...] = (
    DemoPlace("FR", "Île-de-France", "Paris", 28),
    DemoPlace("FR", "Auvergne-Rhône-Alpes", "Lyon", 9),
    DemoPlace("FR", "Occitanie", "Toulouse", 6),
    DemoPlace("FR", "Nouvelle-Aquitaine", "Bordeaux", 6),
    DemoPlace("FR", "Pays de la Loire", "Nantes", 6),
    DemoPlace("FR", "Hauts-de-France", "Lille", 5),
    DemoPlace("FR", "Bretagne", "Rennes", 5),
    DemoPlace("FR", "Grand Est", "Strasbourg", 4),
    DemoPlace("FR", "Provence-Alpes-Côte d’Azur", "Marseille", 5),
    DemoPlace("FR", "Occitanie", "Montpellier", 4),
    DemoPlace("BE", "Bruxelles-Capitale", "Bruxelles", 4),
    DemoPlace("BE", "Wallonie", "Liège", 2),
    DemoPlace("CH", "Genève", "Genève", 3),
    DemoPlace("CH", "Vaud", "Lausanne", 2),
    DemoPlace("CA", "Québec", "Montréal", 4),
    DemoPlace("MA", "Casablanca-Settat", "Casablanca", 2),
    DemoPlace("TN", "Tunis", "Tunis", 1),
    DemoPlace("SN", "Dakar", "Dakar", 1),
)

ORIGINS: tuple[DemoOrigin, ...] = (
    DemoOrigin(None, "", 24, 26),
    DemoOrigin("https://www.google.com/", "", 30, 20),
    DemoOrigin("https://www.google.fr/", "", 6, 4),
    DemoOrigin("https://www.bing.com/", "", 3, 5),
    DemoOrigin("https://duckduckgo.com/", "", 2, 2),
    DemoOrigin("https://www.qwant.com/", "", 1, 1),
    DemoOrigin("https://www.ecosia.org/", "", 1, 1),
    DemoOrigin("https://www.linkedin.com/feed/", "", 9, 22),
    DemoOrigin("android-app://com.linkedin.android/", "", 5, 4),
    DemoOrigin("https://l.facebook.com/", "", 4, 1),
    DemoOrigin("https://t.co/x1", "", 2, 1),
    DemoOrigin("https://bsky.app/", "", 1.5, 1),
    DemoOrigin("https://mastodon.social/", "", 1, 0.5),
    DemoOrigin("https://www.youtube.com/", "", 0.8, 0.3),
    DemoOrigin("https://chatgpt.com/", "", 3.5, 4),
    DemoOrigin("https://www.perplexity.ai/", "", 1.2, 1.5),
    DemoOrigin("https://claude.ai/", "", 0.8, 1.2),
    DemoOrigin(None, "utm_source=newsletter&utm_medium=email&utm_campaign=lettre-du-mardi", 7, 9),
    DemoOrigin("https://www.google.com/", "gclid=demo&utm_campaign=accompagnement", 1.5, 3),
    DemoOrigin(
        "https://www.linkedin.com/", "utm_source=linkedin&utm_medium=paid_social&utm_campaign=livre-blanc", 1.5, 5
    ),
    DemoOrigin("https://www.journal-du-contenu.example/selection/", "", 2, 2),
    DemoOrigin("https://annuaire-consultants.example/plume", "", 1, 1.5),
)

_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
DEVICES: tuple[DemoDevice, ...] = (
    DemoDevice(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36", 1920, 34),
    DemoDevice(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36 Edg/142.0.0.0", 1536, 14),
    DemoDevice("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", 1920, 7),
    DemoDevice(f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_CHROME} Safari/537.36", 1512, 8),
    DemoDevice(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
        1440,
        7,
    ),
    DemoDevice("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", 1920, 2),
    DemoDevice(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
        390,
        15,
    ),
    DemoDevice(f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME} Mobile Safari/537.36", 412, 11),
    DemoDevice(
        "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
        820,
        2,
    ),
)

# The network that the demo's site excludes, as its publisher's office.
OFFICE = "203.0.113.0/28"

# Hits a day that are not counted, by reason and detail.
NOT_COUNTED: tuple[tuple[str, str, float], ...] = (
    ("bot", "Googlebot", 9),
    ("bot", "bingbot", 5),
    ("bot", "GPTBot", 6),
    ("bot", "ClaudeBot", 4),
    ("bot", "AhrefsBot", 7),
    ("bot", "SemrushBot", 5),
    ("referrer_spam", "trafic-gratuit.example", 1.2),
    ("excluded_address", "", 2.5),
    ("too_old", "31 h", 0.2),
)

# The share of each local hour in a day's visits, and of each weekday, from Monday, in a week's.
HOURS = (4, 2, 1, 1, 1, 2, 6, 14, 30, 44, 48, 46, 34, 32, 44, 46, 44, 40, 30, 22, 20, 20, 16, 9)
WEEKDAYS = (1.0, 1.35, 1.15, 1.2, 0.9, 0.4, 0.45)
