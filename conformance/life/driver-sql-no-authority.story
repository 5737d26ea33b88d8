# The file of the authority is not there, or holds none.
only AB
driver sql verify-full&sslrootcert=nowhere.pem
look list
