#!/bin/sh
# Certificates, keys and passwords for docker-compose.yml: sh tools/container/make-secrets.sh [FOLDER]
# What is there already stays, so it may run again. Needs openssl. Keep root-key.json: without it the vault's data cannot be opened.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-.portolan-secrets}
days=825
umask 077
mkdir -p "$folder/tls"

keep() { # keep FILE COMMAND...: writes what the command prints, unless the file is there
  file=$folder/$1
  shift
  [ -s "$file" ] && return 0
  "$@" >"$file.new"
  mv "$file.new" "$file"
}
root_key() { printf '{"current":{"id":"first","key":"%s"}}\n' "$(openssl rand -base64 32)"; }

keep root-key.json root_key
keep snapshot-key openssl rand -base64 32
for name in api-key admin-key postgres-password redis-password; do keep "$name" openssl rand -hex 32; done

ca=$folder/tls/ca
if [ ! -s "$ca.crt" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$ca.key" -out "$ca.crt" \
    -days 3650 -subj "/CN=portolan" -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
fi
# The operator's is mounted nowhere: it is for the commands in docs/vault.md.
for service in vault control-plane gateway operator; do
  own=$folder/tls/$service
  [ -s "$own/tls.crt" ] && continue
  mkdir -p "$own"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$own/tls.key" -out "$own/tls.csr" -subj "/CN=$service" 2>/dev/null
  printf 'subjectAltName=DNS:%s\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=critical,CA:FALSE\n' \
    "$service" >"$own/extensions"
  openssl x509 -req -in "$own/tls.csr" -CA "$ca.crt" -CAkey "$ca.key" -CAcreateserial -days "$days" -extfile "$own/extensions" \
    -out "$own/tls.crt" 2>/dev/null
  cp "$ca.crt" "$own/ca.crt"
  rm "$own/tls.csr" "$own/extensions"
done

# Compose reads .env: the containers run as whoever owns these files.
if [ "$folder" = .portolan-secrets ] && ! grep -qs '^PORTOLAN_UID=' .env; then
  printf 'PORTOLAN_UID=%s\nPORTOLAN_GID=%s\n' "$(id -u)" "$(id -g)" >>.env
fi
echo "Secrets are in $folder. The API key is in $folder/api-key, the administrator's in $folder/admin-key."
