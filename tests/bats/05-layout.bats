#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153 # set by what is loaded
# --image LAYOUT[:REF]: layouts as tools make them, and layouts that somebody has been at.

load helper
load layout

# assert_image SPEC ENTRYPOINT
assert_image() {
	run_vmconfig build --image "$1" -o disk.img
	assert_status 0
	[ "$(disk_json disk.img .entrypoint)" = "[\"$2\"]" ] || explain "expected entrypoint $2"
}

# assert_no_image SPEC TEXT
assert_no_image() {
	rm -f disk.img
	run_vmconfig build --image "$1" -o disk.img
	assert_failure 1 "$2"
	[ ! -e disk.img ]
}

@test "a layout by umoci" {
	need umoci jq
	umoci init --layout image
	umoci new --image image:v1
	umoci config --image image:v1 --config.entrypoint /bin/app --config.cmd 'a b' --config.env K=V
	umoci new --image image:v2
	umoci config --image image:v2 --config.entrypoint /bin/other
	assert_image image:v1 /bin/app
	[ "$(disk_json disk.img .cmd)" = '["a b"]' ]
	[ "$(disk_json disk.img .env.K)" = '"V"' ]
	assert_image image:v2 /bin/other
	assert_no_image image "REF one of: 'v1', 'v2'"
}

@test "a layout by skopeo, with Docker's media types" {
	need skopeo umoci jq
	umoci init --layout image
	umoci new --image image:v1
	umoci config --image image:v1 --config.entrypoint /bin/app
	skopeo copy --quiet --insecure-policy --format v2s2 oci:image:v1 dir:copy
	# "dir" is no layout: its parts are put into one
	new_layout docker
	for blob in copy/*; do
		case $blob in */version) continue ;; esac
		cp "$blob" "docker/blobs/sha256/$(sha256sum "$blob" | cut -d ' ' -f 1)"
	done
	put_index docker "$(put_blob docker application/vnd.docker.distribution.manifest.v2+json <copy/manifest.json)"
	assert_image docker /bin/app
}

@test "one image needs no reference, and may have two" {
	new_layout image
	put_index image "$(put_image image /a "$(ref v1)")" "$(put_image image /a "$(ref latest)")"
	assert_image image /a
	assert_image image/ /a
	assert_image image:latest /a
	assert_no_image image:v2 "image/index.json: /manifests: there is no image 'v2', only: 'v1', 'latest'"
}

@test "colons in paths and references" {
	new_layout im:age
	put_index im:age "$(put_image im:age /a "$(ref host:5000/name:v1)")"
	assert_image im:age /a
	assert_image im:age:host:5000/name:v1 /a
	assert_image "$PWD/im:age:host:5000/name:v1" /a
	assert_no_image im:nothing "cannot open 'im': No such file or directory"
}

@test "the image for this machine out of an index" {
	new_layout image
	nested=$(printf '{"schemaVersion":2,"manifests":[%s,%s,%s]}' \
		"$(put_image image /foreign "$(platform mips)")" \
		"$(put_image image /attestation '"platform":{"os":"unknown","architecture":"unknown"}')" \
		"$(put_image image /ours "$(platform "$(goarch)")")" | put_blob image "$INDEX" "$(ref v1)")
	put_index image "$nested"
	assert_image image /ours
	assert_image image:v1 /ours
}

@test "an image by its digest, at any depth, and no other" {
	new_layout image
	ours=$(put_image image /ours "$(platform "$(goarch)")")
	foreign=$(put_image image /foreign "$(platform mips)")
	nested=$(printf '{"schemaVersion":2,"manifests":[%s,%s]}' "$foreign" "$ours" | put_blob image "$INDEX" "$(ref v1)")
	put_index image "$nested" "$(put_image image /other "$(ref v2)")"
	digest=$(jq -r .digest <<<"$ours")
	assert_image "image@$digest" /ours
	assert_image "image:v1@$digest" /ours
	assert_image "image@$(jq -r .digest <<<"$foreign")" /foreign
	assert_image "image@$(jq -r .digest <<<"$nested")" /ours
	assert_image "image:v1@$(jq -r .digest <<<"$nested")" /ours
	assert_no_image "image:v2@$digest" "image:v2: there is no image '$digest'"
	assert_no_image "image:v3@$digest" "there is no image 'v3', only: 'v1', 'v2'"
	# What was asked for has gone, and what is there now is not taken instead.
	put_index image "$(put_image image /later)"
	assert_no_image "image@$digest" "image: there is no image '$digest'"
	mv image "image@$digest"
	assert_image "image@$digest" /later
	mv "image@$digest" image
	put_index image "$(put_image image /a "$(ref name@v1)")"
	assert_image image:name@v1 /a
}

@test "no image for this machine" {
	new_layout image
	put_index image "$(put_image image /a "$(platform mips),$(ref v1)")"
	assert_no_image image "there is no image for 'linux/$(goarch)', only: 'v1'"
	assert_no_image image:v1 "image:v1: there is no image for 'linux/$(goarch)', only for: 'linux/mips'"
}

@test "what is no image is passed over" {
	new_layout image
	put_index image "$(echo '[]' | put_blob image application/vnd.example.future+json)" \
		"$(put_image image /signature '"artifactType":"application/vnd.example"')" \
		"$(put_image image /a)"
	assert_image image /a
}

@test "a blob with other content" {
	new_layout image
	descriptor=$(put_image image /a)
	put_index image "$descriptor"
	blob=image/blobs/sha256/$(jq -r .digest <<<"$descriptor" | cut -d : -f 2)
	sed -i s/layers/LAYERS/ "$blob"
	assert_no_image image "image/index.json: /manifests/0/digest: '$blob' has other content, its digest differs"
	echo >>"$blob"
	assert_no_image image "image/index.json: /manifests/0/size: is $(jq .size <<<"$descriptor"), but '$blob' has"
	rm "$blob"
	assert_no_image image "cannot open '$blob': No such file or directory"
	ln -s /etc/passwd "$blob"
	assert_no_image image "'$blob' is a symbolic link, or behind one, which is not followed"
}

@test "digests that would lead out of the layout" {
	new_layout image
	echo secret >outside
	for digest in 'sha256:../../../outside' '../../outside' "sha256:$(printf 'A%.0s' {1..64})" \
		"sha256:$(printf 'a%.0s' {1..63})/" 'md5:d41d8cd98f00b204e9800998ecf8427e' 'sha256:'; do
		put_index image "{\"mediaType\":\"$MANIFEST\",\"digest\":\"$digest\",\"size\":7}"
		assert_no_image image "image/index.json: /manifests/0/digest: '$digest' is neither 'sha256:' nor"
	done
}

@test "a line break in a document stays within its message" {
	new_layout image
	put_index image "{\"mediaType\":\"$MANIFEST\",\"digest\":\"x\\\\nvmconfig: all is well\",\"size\":7}"
	assert_no_image image '/manifests/0/digest: '
}

@test "documents that are not what they should be" {
	new_layout image
	assert_no_image image "cannot open 'image/index.json'"
	echo '{"schemaVersion":2,' >image/index.json
	assert_no_image image 'image/index.json:2:1: a member name in quotes is missing'
	put_index image '{"mediaType":"x","digest":7,"size":"1"}'
	run_vmconfig build --image image -o disk.img
	assert_status 1
	assert_stderr_contains 'image/index.json: /manifests/0/digest: is a number, must be a string'
	assert_stderr_contains 'image/index.json: /manifests/0/size: is a string, must be an integer'
	echo '{"imageLayoutVersion":"9"}' >image/oci-layout
	assert_no_image image "image/oci-layout: /imageLayoutVersion: '9' is not known, only '1.0.0'"
	rm image/oci-layout
	assert_no_image image "'image' is not an OCI image layout: it has no file 'oci-layout'"
	touch image.tar
	assert_no_image image.tar "'image.tar' is not a directory; an image archive has to be unpacked first"
}

@test "indexes without end" {
	new_layout image
	entry=$(put_image image /a)
	for _ in 1 2 3 4; do
		many=$entry$(printf ",$entry%.0s" {1..40})
		entry=$(printf '{"schemaVersion":2,"manifests":[%s]}' "$many" | put_blob image "$INDEX")
	done
	put_index image "$entry"
	assert_no_image image 'MAX_LAYOUT_DOCUMENTS'
	entry=$(printf '{"schemaVersion":2,"manifests":[%s]}' "$entry" | put_blob image "$INDEX")
	put_index image "$entry"
	assert_no_image image 'MAX_INDEX_DEPTH'
}

@test "the config blob itself is what messages name" {
	new_layout image
	config=$(echo '{"config":{"Entrypoint":"no list"}}' | put_blob image "$CONFIG")
	put_index image "$(printf '{"schemaVersion":2,"config":%s}' "$config" | put_blob image "$MANIFEST")"
	run_vmconfig build --image image -o disk.img
	assert_status 1
	assert_stderr_contains "image/blobs/sha256/$(jq -r .digest <<<"$config" | cut -d : -f 2): /config/Entrypoint: "
}

@test "an image of more layers than any engine makes is refused with the limit" {
	need jq
	new_layout image
	local digest config manifest
	digest=$(printf '%064d' 0)
	config=$(jq -nc --arg arch "$(goarch)" '{architecture: $arch, os: "linux", config: {Entrypoint: ["/a"]},
		rootfs: {type: "layers", diff_ids: [range(513) | "sha256:'"$digest"'"]}}' | put_blob image "$CONFIG")
	manifest=$(jq -nc --argjson config "$config" '{schemaVersion: 2, config: $config, layers: [range(513) |
		{mediaType: "application/vnd.oci.image.layer.v1.tar", size: 1, digest: "sha256:'"$digest"'"}]}' |
		put_blob image "$MANIFEST")
	put_index image "$manifest"
	run_vmconfig rootfs --image image -o root.img
	assert_failure 1 'there are more than 512 (MAX_LAYERS)'
}
