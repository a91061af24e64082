/* SPDX-License-Identifier: MIT */
/*
 * What the JSON schemas of image-spec 1.0 and 1.1 demand of an image's
 * configuration and of the documents of a layout. In texts ' stands for ".
 */
#ifndef VMCONFIG_SCHEMA_IMAGE_H
#define VMCONFIG_SCHEMA_IMAGE_H

#include "schema_test.h"

#define ZEROS "0000000000000000000000000000000"
#define BAD_DIGEST                                                                     \
	"'sha256' 'sha256:' ':x' 'SHA256:x' 'a..b:x' 'a:/' 'sha256:" ZEROS ZEROS "0' " \
	"'sha256:" ZEROS ZEROS "0A' 'sha512:" ZEROS ZEROS "00' ''"

static const char image_document[] =
    "{'created':'2020-01-01T00:00:00Z','author':'a','architecture':'amd64','variant':'v1',"
    "'os':'linux','os.version':'1','os.features':['f'],'config':{'User':'u','ExposedPorts':{"
    "'80':{}},'Env':['A=b'],'Entrypoint':['/e'],'Cmd':['c'],'Volumes':{'/v':{}},'WorkingDir':'/',"
    "'Labels':{'l':'m'},'StopSignal':'SIGTERM','ArgsEscaped':true},'rootfs':{'diff_ids':['a:d'],"
    "'type':'layers'},'history':[{'created':'2020-01-01T00:00:00.5+01:00','author':'a',"
    "'created_by':'c','comment':'c','empty_layer':true}]}";

/* clang-format off */
static const struct constraint image_constraints[] = {
    {"/created", STRING, 0, "'yesterday' '2020-01-01' '2020-01-01T00:00:00' "
                            "'2020-13-01T00:00:00Z' '2021-02-29T00:00:00Z' ''"},
    {"/author", STRING}, {"/architecture", STRING, REQUIRED}, {"/variant", STRING},
    {"/os", STRING, REQUIRED}, {"/os.version", STRING}, {"/os.features", ARRAY},
    {"/os.features/0", STRING}, {"/config", OBJECT}, {"/config/User", STRING},
    {"/config/ExposedPorts", OBJECT}, {"/config/ExposedPorts/80", OBJECT}, {"/config/Env", ARRAY},
    {"/config/Env/0", STRING}, {"/config/Entrypoint", ARRAY | NULL_TOO},
    {"/config/Entrypoint/0", STRING}, {"/config/Cmd", ARRAY | NULL_TOO}, {"/config/Cmd/0", STRING},
    {"/config/Volumes", OBJECT | NULL_TOO}, {"/config/Volumes/~1v", OBJECT},
    {"/config/WorkingDir", STRING}, {"/config/Labels", OBJECT | NULL_TOO},
    {"/config/Labels/l", STRING}, {"/config/StopSignal", STRING},
    {"/config/ArgsEscaped", BOOLEAN}, {"/rootfs", OBJECT, REQUIRED},
    {"/rootfs/diff_ids", ARRAY, REQUIRED}, {"/rootfs/diff_ids/0", STRING, 0, BAD_DIGEST},
    {"/rootfs/type", STRING, REQUIRED, "'tree' ''"}, {"/history", ARRAY}, {"/history/0", OBJECT},
    {"/history/0/created", STRING, 0, "'yesterday' ''"}, {"/history/0/author", STRING},
    {"/history/0/created_by", STRING}, {"/history/0/comment", STRING},
    {"/history/0/empty_layer", BOOLEAN},
    {.pointer = NULL},
};

#define DESCRIPTOR(type)                                                                           \
	"{'mediaType':'" type "','digest':'a+b:x','size':1,'urls':['https://u/%20'],"              \
	"'data':'eA==','artifactType':'a/b','annotations':{'a':'b'},'platform':{'architecture':'a','os':'o',"    \
	"'os.version':'v','os.features':['f'],'variant':'v'}}"

static const char index_document[] =
    "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','artifactType':'a/b',"
    "'manifests':[" DESCRIPTOR("application/vnd.oci.image.manifest.v1+json") "],'subject':"
    DESCRIPTOR("a/b") ",'annotations':{'a':'b'}}";

static const char manifest_document[] =
    "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','artifactType':"
    "'a/b','config':" DESCRIPTOR("application/vnd.oci.image.config.v1+json") ",'layers':["
    DESCRIPTOR("a/b") "],'subject':" DESCRIPTOR("a/b") ",'annotations':{'a':'b'}}";

static const char layout_document[] = "{'imageLayoutVersion':'1.0.0'}";

#define BAD_MEDIA_TYPE "'x' '/x' 'x/' 'x/y/z' '-/x' 'a/+' 'a;b/c' ''"
#define BAD_URI "'value' '' ':x' '1:x' 'https' 'https://u/%2' 'https://u/<' 'https:\\\\u'"
#define DESCRIPTOR_AT(at)                                                                          \
	{at, OBJECT}, {at "/mediaType", STRING, REQUIRED, BAD_MEDIA_TYPE},                         \
	{at "/digest", STRING, REQUIRED, BAD_DIGEST}, {at "/size", INT64, REQUIRED, "-1"},         \
	{at "/urls", ARRAY}, {at "/urls/0", STRING, 0, BAD_URI},                                   \
	{at "/data", STRING, 0, "'*'"}, {at "/artifactType", STRING, 0, "'x' 'x/y/z'"},            \
	{at "/annotations", OBJECT}, {at "/annotations/a", STRING}

static const struct constraint index_constraints[] = {
    {"/schemaVersion", INTEGER, REQUIRED, "1 3"}, {"/mediaType", STRING, 0, "'x' 'x/y/z'"},
    {"/artifactType", STRING, 0, "'x' 'x/y/z'"}, {"/manifests", ARRAY, REQUIRED},
    DESCRIPTOR_AT("/manifests/0"), {"/manifests/0/platform", OBJECT},
    {"/manifests/0/platform/architecture", STRING, REQUIRED},
    {"/manifests/0/platform/os", STRING, REQUIRED}, {"/manifests/0/platform/os.version", STRING},
    {"/manifests/0/platform/os.features", ARRAY}, {"/manifests/0/platform/os.features/0", STRING},
    {"/manifests/0/platform/variant", STRING}, DESCRIPTOR_AT("/subject"),
    {"/annotations", OBJECT}, {"/annotations/a", STRING},
    {.pointer = NULL},
};

static const struct constraint manifest_constraints[] = {
    {"/schemaVersion", INTEGER, REQUIRED, "1 3"}, {"/mediaType", STRING, 0, "'x' 'x/y/z'"},
    {"/artifactType", STRING, 0, "'x' 'x/y/z'"}, {"/config", OBJECT, REQUIRED},
    DESCRIPTOR_AT("/config"), {"/layers", ARRAY, REQUIRED, "[]"}, DESCRIPTOR_AT("/layers/0"),
    DESCRIPTOR_AT("/subject"), {"/annotations", OBJECT}, {"/annotations/a", STRING},
    {.pointer = NULL},
};

static const struct constraint layout_constraints[] = {
    {"/imageLayoutVersion", STRING, REQUIRED, "'1.0.1' ''"},
    {.pointer = NULL},
};
/* clang-format on */

#endif
