#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that takes signed modules only: one that is signed with a key in the firmware's list is loaded. One with another
# key is not, nor is one without, and the service says why.
. "$(dirname "$0")/lib.sh"

cd "$work"
# As seg6-end-dt4(8) has it.
openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -outform DER \
	-subj "/CN=our routers' modules/" -addext extendedKeyUsage=codeSigning \
	-keyout modules.key -out modules.der
SIGN_KEY=$work/modules.key SIGN_CERT=$work/modules.der "$work/checkout-this/scripts/deb.sh"
openssl x509 -inform DER -in modules.der -out cert.pem
virt-fw-vars --input /usr/share/OVMF/OVMF_VARS_4M.fd --output enrolled.fd --add-db 8be4df61-93ca-11d2-aa0d-00e098032b8c cert.pem
cp /usr/share/OVMF/OVMF_VARS_4M.fd not-enrolled.fd

apt modules purge "$name*"
rm -rf modules/repo
offer modules "$work"/deb-this/*.deb
apt modules install $name "$name-modules-$KREL"
boot modules "$KREL" refused append=module.sig_enforce=1 findings="not-loaded not-signed"
apt modules purge "$name*"
rm -f modules/repo/*.deb
offer modules "$work/checkout-this"/build/deb/*.deb
apt modules install $name "$name-modules-$KREL"
[ "$(in_router modules modinfo -k "$KREL" -F signer seg6_end_dt4)" = "our routers' modules" ] || die "it is not signed"
version=$(version_in modules $name)
boot modules "$KREL" served append=module.sig_enforce=1 firmware="$work/enrolled.fd" version="$version"
boot modules "$KREL" refused append=module.sig_enforce=1 firmware="$work/not-enrolled.fd" findings=not-loaded
