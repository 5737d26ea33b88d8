# Names that are given, made or refused.
do install Upper CHARTS/raw --create-namespace
do install too-long-for-a-release-name-because-it-has-more-than-fifty-three-letters CHARTS/raw
do install a.dot CHARTS/raw --create-namespace
do install CHARTS/raw --name-template 'made-{{ lower "UP" }}'
do install CHARTS/raw
do install one CHARTS/raw --name-template two
do upgrade missing CHARTS/raw
do rollback missing
look status a.dot
look list --short
do uninstall a.dot made-up
see
