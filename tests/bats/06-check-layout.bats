#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2153,SC2154 # set by what is loaded, and by bats
# check of a whole image layout: every index, manifest, configuration and blob, all at once.

load helper
load layout

LAYER=application/vnd.oci.image.layer.v1.tar

# put_config DIR ARCHITECTURE [OS] [MEMBERS] - print its descriptor. It has one diff_id.
put_config() {
	printf '{"architecture":"%s","os":"%s","rootfs":{"type":"layers","diff_ids":["sha256:%064d"]}%s}' \
		"$2" "${3:-linux}" 0 "${4:+,$4}" | put_blob "$1" "$CONFIG"
}

# put_manifest DIR CONFIG LAYERS [MEMBERS] - print the descriptor, which has MEMBERS.
put_manifest() {
	printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$2" "$3" |
		put_blob "$1" "$MANIFEST" "${4:-}"
}

# put_nested DIR DESCRIPTOR… - an index within the index, print its descriptor.
put_nested() {
	local dir=$1 IFS=,
	shift
	printf '{"schemaVersion":2,"manifests":[%s]}' "$*" | put_blob "$dir" "$INDEX"
}

# file_of DESCRIPTOR - the file of its blob.
file_of() {
	echo "image/blobs/sha256/$(jq -r .digest <<<"$1" | cut -d : -f 2)"
}

# says LINE… - check --json finds exactly these, of the form "SEVERITY RULE FILE POINTER", in this order.
says() {
	run_vmconfig check --json "$SPEC"
	[ -z "$stderr" ] || explain 'expected nothing on stderr'
	jq -r '.[] | "\(.severity) \(.rule) \(.file) \(.pointer)"' <<<"$output" >found
	printf '%s\n' "$@" | sed '/^$/d' | diff -u - found || fail "$output"
	case "$*" in
	*error\ *) assert_status 1 ;;
	*) assert_status 0 ;;
	esac
}

# A layout of two images for this machine, of which one is in an index of its own, with one for another.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	need jq
	SPEC=image
	new_layout image
	layer=$(echo layer | put_blob image "$LAYER")
	config=$(put_config image "$(goarch)")
	first=$(put_manifest image "$config" "$layer" "$(ref v1)")
	ours=$(put_manifest image "$(put_config image "$(goarch)" linux '"author":"a"')" "$layer" \
		"$(platform "$(goarch)")")
	theirs=$(put_manifest image "$(put_config image mips)" "$layer" "$(platform mips)")
	nested=$(put_nested image "$ours" "$theirs")
	put_index image "$first" "$(jq -c ". + {$(ref v2)}" <<<"$nested")"
}

@test "a layout without a fault, and its images by their names" {
	for SPEC in image image:v1 image:v2 "image@$(jq -r .digest <<<"$ours")" \
		"image:v2@$(jq -r .digest <<<"$theirs")"; do
		says
	done
	run_vmconfig check image
	assert_status 0
	[ -z "$stderr" ]
}

@test "what umoci makes is checked whole" {
	need umoci
	rm -r image
	umoci init --layout image
	umoci new --image image:v1
	mkdir layer
	echo x >layer/file
	umoci insert --rootless --image image:v1 layer /
	run_vmconfig check --strict image
	assert_status 0
	[ -z "$stderr" ] || explain 'expected nothing on stderr'
}

@test "every fault of every document is found in one run, with its place" {
	bad_config=$(echo '{"architecture":1,"os":"linux","config":{"Env":["A"]},"rootfs":{"type":"tree","diff_ids":[]}}' |
		put_blob image "$CONFIG")
	bad=$(put_manifest image "$bad_config" "$layer")
	put_index image "$first" "$bad" "$(put_nested image "$(put_manifest image "$config" '{"size":1}')" \
		'{"mediaType":"a/b","digest":"sha256:x","size":1}')"
	echo '{"imageLayoutVersion":"2"}' >image/oci-layout
	index=$(jq -c '.manifests[2]' image/index.json)
	broken=$(jq -c '.manifests[0]' "$(file_of "$index")")
	run_vmconfig check --json image
	assert_status 1
	for line in "version image/oci-layout /imageLayoutVersion" "layers $(file_of "$bad") /layers" \
		"type $(file_of "$bad_config") /architecture" "rootfs-type $(file_of "$bad_config") /rootfs/type" \
		"env-entry $(file_of "$bad_config") /config/Env/0" \
		"required $(file_of "$broken") /layers/0" "digest $(file_of "$index") /manifests/1/digest"; do
		jq -r '.[] | select(.severity == "error" and .line > 0) | "\(.rule) \(.file) \(.pointer)"' \
			<<<"$output" | grep -qxF "$line" || explain "expected $line"
	done
	# The same as lines, each with the file in front.
	run_vmconfig check image
	assert_status 1
	assert_stderr_contains "vmconfig: image/oci-layout: /imageLayoutVersion: '2' is not known"
	assert_stderr_contains "vmconfig: $(file_of "$bad_config"): /config/Env/0: 'A' is not NAME=VALUE"
	# Only of the image that is named.
	SPEC=image:v1
	says "error version image/oci-layout /imageLayoutVersion"
}

@test "every manifest has as many layers as the configuration that it shares says" {
	none=$(put_manifest image "$config" "" "$(ref none)")
	two=$(put_manifest image "$config" "$layer,$(echo other | put_blob image "$LAYER")" "$(platform mips)")
	put_index image "$first" "$none" "$two"
	run_vmconfig check --json image
	for manifest in "$none" "$two"; do
		jq -r '.[] | select(.severity == "error" and .rule == "layers") | "\(.file) \(.pointer)"' \
			<<<"$output" | grep -qxF "$(file_of "$manifest") /layers" || explain "$(file_of "$manifest")"
	done
	[ "$(jq '[.[] | select(.rule == "layers")] | length' <<<"$output")" = 2 ]
	run_vmconfig check image
	assert_stderr_contains "$(file_of "$two"): /layers: are 2, but '$(jq -r .digest <<<"$config")' has 1 diff_ids"
	# Looked at again, when it turns out to be for this machine, too.
	put_index image "$two" "$(jq -c 'del(.platform)' <<<"$two")"
	says "error layers $(file_of "$two") /layers"
}

@test "blobs that are missing, damaged, cut or no files" {
	rm "$(file_of "$layer")"
	SPEC=image:v1
	says "error blob $(file_of "$first") /layers/0"
	printf 'lAYER\n' >"$(file_of "$layer")"
	says "error blob $(file_of "$first") /layers/0/digest"
	echo layers >"$(file_of "$layer")"
	says "error blob $(file_of "$first") /layers/0/size"
	rm "$(file_of "$layer")"
	ln -s /etc/passwd "$(file_of "$layer")"
	says "error blob $(file_of "$first") /layers/0"
	rm "$(file_of "$layer")"
	mkfifo "$(file_of "$layer")"
	says "error blob $(file_of "$first") /layers/0"
	rm "$(file_of "$layer")"
	echo layer >"$(file_of "$layer")"
	rm "$(file_of "$config")"
	says "error blob $(file_of "$first") /config"
	rm "$(file_of "$first")"
	says "error blob image/index.json /manifests/0"
	SPEC=image
	says "error blob image/index.json /manifests/0"
}

@test "what is for other machines, or comes from elsewhere, may be missing" {
	rm "$(file_of "$theirs")"
	says "warning blob $(file_of "$nested") /manifests/1"
	run_vmconfig check --strict image
	assert_status 1
	foreign=$(jq -c '.digest |= sub("[0-9a-f]$"; "0") | .urls = ["https://example.test/layer"]' <<<"$layer")
	[ "$(jq .digest <<<"$foreign")" != "$(jq .digest <<<"$layer")" ] ||
		foreign=$(jq -c '.digest |= sub("0$"; "1")' <<<"$foreign")
	put_index image "$(put_manifest image "$config" "$foreign")"
	file=$(file_of "$(jq -c '.manifests[0]' image/index.json)")
	says "warning blob $file /layers/0"
}

@test "an image for another system is no fault of a layout, unless it is the one that is named" {
	put_index image "$first" \
		"$(put_manifest image "$(put_config image "$(goarch)" windows)" "$layer" \
			"\"platform\":{\"os\":\"windows\",\"architecture\":\"$(goarch)\"},$(ref w)")"
	file=$(file_of "$(jq -c .config "$(file_of "$(jq -c '.manifests[1]' image/index.json)")")")
	says "warning os $file /os"
	SPEC=image:w
	says "error platform image/index.json /manifests" "warning os $file /os"
	put_index image "$theirs"
	SPEC=image
	says "warning platform image/index.json /manifests"
}

@test "a name or digest that nothing has" {
	SPEC=image:v3
	says "error reference image/index.json /manifests"
	SPEC=image@sha256:$(printf '0%.0s' {1..64})
	says "error reference image/index.json /manifests"
}

@test "what is for this machine under one entry and for another under the next is needed, in any order" {
	other=$(jq -c --arg a "$(goarch)" 'if $a == "mips" then "ppc" else "mips" end' <<<null)
	foreign=$(jq -c ".platform.architecture = $other" <<<"$ours")
	rm "$(file_of "$layer")"
	for entries in "$foreign,$ours" "$ours,$foreign"; do
		put_index image "$entries"
		says "error blob $(file_of "$ours") /layers/0"
	done
	put_index image "$foreign"
	says "warning platform image/index.json /manifests" "warning blob $(file_of "$ours") /layers/0"
}

@test "an index that was passed over is looked through when it is in the one that is asked for" {
	outer=$(put_nested image "$nested")
	put_index image "$nested" "$outer"
	SPEC=image@$(jq -r .digest <<<"$outer")
	says
	rm "$(file_of "$layer")"
	says "error blob $(file_of "$ours") /layers/0" "warning blob $(file_of "$theirs") /layers/0"
}

@test "a name and a digest are meant together, and no artifacts beside them" {
	SPEC=image:$(jq -r .digest <<<"$first")@$(jq -r .digest <<<"$ours")
	says "error reference image/index.json /manifests"
	SPEC=image:$(jq -r .digest <<<"$nested")@$(jq -r .digest <<<"$ours")
	says
	artifacts=$(put_nested image "$theirs" | jq -c '.artifactType = "application/vnd.example"')
	rm "$(file_of "$artifacts")"
	put_index image "$artifacts" "$nested"
	SPEC=image@$(jq -r .digest <<<"$ours")
	says
	SPEC=image
	says "error blob image/index.json /manifests/0"
}

@test "a layout with an auxiliary document and annotations, as the specification shows one" {
	put_index image "$(jq -c ". + {$(ref stable)}" <<<"$nested")" \
		"$(put_manifest image "$(put_config image ppc64le)" "$layer" "$(platform ppc64le),$(ref v1.0)")" \
		"$(echo '<component/>' | put_blob image application/xml '"annotations":{"com.example.version":"1.0"}')"
	jq --arg type "$INDEX" '. + {mediaType: $type, annotations: {"com.example.revision": "r1"}}' \
		image/index.json >index.json
	mv index.json image/
	echo 'named by nobody' >image/blobs/sha256/0123
	run_vmconfig check --strict image
	assert_status 0
	[ -z "$stderr" ] || explain 'expected nothing on stderr'
	xml=$(jq -c '.manifests[2]' image/index.json)
	echo '<Component/>' >"$(file_of "$xml")"
	says "error blob image/index.json /manifests/2/digest"
}

@test "artifacts: nothing for a configuration, and content that the descriptor carries" {
	local empty=application/vnd.oci.empty.v1+json type='"artifactType":"application/vnd.example+type"'
	nothing=$(printf '{}' | put_blob image "$empty" '"data":"e30="')
	artifact=$(printf '{"schemaVersion":2,%s,"config":%s,"layers":[%s],"subject":%s}' "$type" \
		"$nothing" "$nothing" "$first" | put_blob image "$MANIFEST" "$type")
	put_index image "$first" "$artifact"
	SPEC=image
	says
	# The configuration says nothing, so something else must.
	artifact=$(printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$nothing" "$nothing" |
		put_blob image "$MANIFEST")
	put_index image "$first" "$artifact"
	says "error required $(file_of "$artifact") "
	put_index image "$first" "$(jq -c '.data = "AA=="' <<<"$nothing")" "$(jq -c '.data = "e30K"' <<<"$nothing")" \
		"$(jq -c '.data = "e31="' <<<"$nothing")" "$(jq -c '.data = "fXs="' <<<"$nothing")"
	says "error base64 image/index.json /manifests/3/data" "error blob image/index.json /manifests/1/data" \
		"error blob image/index.json /manifests/2/data" "error blob image/index.json /manifests/4/data"
	artifact=$(printf '{"schemaVersion":2,%s,"config":%s,"layers":[%s]}' "$type" \
		"$(jq -c '.data = "fXs="' <<<"$nothing")" "$(jq -c '.data = "AA=="' <<<"$nothing")" |
		put_blob image "$MANIFEST" "$type")
	put_index image "$first" "$artifact"
	says "error blob $(file_of "$artifact") /config/data" "error blob $(file_of "$artifact") /layers/0/data"
}

@test "files of a layout that are missing or no JSON" {
	rm image/oci-layout
	says "error layout image/oci-layout "
	new_layout image
	rm image/index.json
	says "error layout image/index.json "
	echo '{' >image/index.json
	says "error json-syntax image/index.json "
	echo '[]' >image/index.json
	says "error type image/index.json "
}

@test "a media type that is not the one that was announced" {
	other=$(printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' "$INDEX" "$config" "$layer" |
		put_blob image "$MANIFEST")
	put_index image "$other"
	says "error media-type $(file_of "$other") /mediaType"
}

@test "indexes that share indexes are each read once, and nest so far only" {
	entry=$first
	for _ in 1 2 3 4; do
		mapfile -t entries < <(for _ in {1..40}; do echo "$entry"; done)
		entry=$(put_nested image "${entries[@]}")
	done
	put_index image "$entry"
	says
	deep=$(put_nested image "$entry")
	put_index image "$deep"
	run_vmconfig check --json image
	assert_status 1
	[ "$(jq -r '[.[] | select(.message | contains("MAX_INDEX_DEPTH") | not)] | length' <<<"$output")" = 0 ]
}

@test "more blobs than are looked at, and more problems than are shown" {
	need python3
	python3 - <<-'EOF'
		import hashlib, json
		entries = []
		for i in range(10001):
		    text = b"%d" % i
		    digest = hashlib.sha256(text).hexdigest()
		    with open("image/blobs/sha256/" + digest, "wb") as f:
		        f.write(text)
		    entries.append({"mediaType": "a/b", "digest": "sha256:" + digest, "size": len(text)})
		with open("image/index.json", "w") as f:
		    json.dump({"schemaVersion": 2, "manifests": entries}, f)
	EOF
	run_vmconfig check image
	assert_failure 1 'image/index.json: /manifests/10000: more than 10000 blobs (MAX_LAYOUT_BLOBS)'
	rm -r image/blobs
	run_vmconfig check image
	assert_status 1
	[ "${#stderr_lines[@]}" -eq 1001 ] || fail "${#stderr_lines[@]} lines"
	assert_stderr_contains '9002 further problems are not shown'
	run_vmconfig check --json image
	[ "$(jq length <<<"$output")" = 1000 ]
}
