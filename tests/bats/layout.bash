# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # what is set here is used by those who load it
# Image layouts made by hand. Loaded after helper.

INDEX=application/vnd.oci.image.index.v1+json
MANIFEST=application/vnd.oci.image.manifest.v1+json
CONFIG=application/vnd.oci.image.config.v1+json

# new_layout DIR
new_layout() {
	mkdir -p "$1/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
}

# put_blob DIR TYPE [MEMBERS] - store standard input, print its descriptor.
put_blob() {
	local digest file
	file=$(mktemp "$1/blob.XXXXXX")
	cat >"$file"
	digest=$(sha256sum "$file" | cut -d ' ' -f 1)
	printf '{"mediaType":"%s","digest":"sha256:%s","size":%s%s}' "$2" "$digest" \
		"$(stat -c %s "$file")" "${3:+,$3}"
	mv "$file" "$1/blobs/sha256/$digest"
}

# put_image DIR ENTRYPOINT [MEMBERS] - an image, print the manifest's descriptor.
put_image() {
	local config
	config=$(printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["%s"]},"rootfs":{"type":"layers","diff_ids":[]}}' \
		"$(goarch)" "$2" | put_blob "$1" $CONFIG)
	printf '{"schemaVersion":2,"config":%s,"layers":[]}' "$config" | put_blob "$1" $MANIFEST "${3:-}"
}

# put_index DIR DESCRIPTOR…
put_index() {
	local dir=$1 IFS=,
	shift
	printf '{"schemaVersion":2,"manifests":[%s]}' "$*" >"$dir/index.json"
}

ref() {
	printf '"annotations":{"org.opencontainers.image.ref.name":"%s"}' "$1"
}

platform() {
	printf '"platform":{"os":"linux","architecture":"%s"}' "$1"
}
