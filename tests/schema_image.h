/* SPDX-License-Identifier: MIT */
/*
 * What the JSON schemas of image-spec 1.0 and 1.1 demand of an image's
 * configuration. In texts ' stands for ".
 */
#ifndef VMCONFIG_SCHEMA_IMAGE_H
#define VMCONFIG_SCHEMA_IMAGE_H

#include "schema_test.h"

static const char image_document[] =
    "{'created':'2020-01-01T00:00:00Z','author':'a','architecture':'amd64','variant':'v1',"
    "'os':'linux','os.version':'1','os.features':['f'],'config':{'User':'u','ExposedPorts':{"
    "'80':{}},'Env':['A=b'],'Entrypoint':['/e'],'Cmd':['c'],'Volumes':{'/v':{}},'WorkingDir':'/',"
    "'Labels':{'l':'m'},'StopSignal':'SIGTERM','ArgsEscaped':true},'rootfs':{'diff_ids':['d'],"
    "'type':'layers'},'history':[{'created':'2020-01-01T00:00:00.5+01:00','author':'a',"
    "'created_by':'c','comment':'c','empty_layer':true}]}";

/* clang-format off */
static const struct constraint image_constraints[] = {
    {"/created", STRING, 0, "'yesterday' '2020-01-01' '2020-01-01T00:00:00' '2020-13-01T00:00:00Z'"},
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
    {"/rootfs/diff_ids", ARRAY, REQUIRED}, {"/rootfs/diff_ids/0", STRING},
    {"/rootfs/type", STRING, REQUIRED, "'tree' ''"}, {"/history", ARRAY}, {"/history/0", OBJECT},
    {"/history/0/created", STRING, 0, "'yesterday' ''"}, {"/history/0/author", STRING},
    {"/history/0/created_by", STRING}, {"/history/0/comment", STRING},
    {"/history/0/empty_layer", BOOLEAN},
    {.pointer = NULL},
};
/* clang-format on */

#endif
