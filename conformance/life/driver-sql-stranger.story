# A database with a certificate that nobody here trusts.
only AB
driver sql verify-full
look list
look install REL CHARTS/raw
look status REL
