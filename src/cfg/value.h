/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value.h: the values of leaves: read from text, kept in a record, printed again.
 */
#ifndef TW_CFG_VALUE_H
#define TW_CFG_VALUE_H

#include "cfg/tables.h"

struct value {
	uint32_t num;			/* numbers, addresses, lengths, words */
	char text[256];			/* names and texts */
};

/* @s (@len octets, trimmed) as a value of @l; false: not of its type or out of range. */
bool leaf_read(const struct leaf *l, const char *s, size_t len, struct value *v);
/* @s could be meant as one: the first letters of its type are right, its range does not matter. */
bool leaf_looks(const struct leaf *l, const char *s, size_t len);
/* @s with more behind it may become a value of @l. */
bool leaf_begins(const struct leaf *l, const char *s, size_t len);
/* @s is a kind of interfaces whose number may follow behind a blank. */
bool leaf_goes_on(const struct leaf *l, const char *s, size_t len);
/* Stores the value (an array leaf: appended; false: out of memory) / takes it out. @rec is the record of the
 * command. */
bool leaf_store(const struct leaf *l, void *rec, const struct value *v);
void leaf_clear(const struct leaf *l, void *rec);
/* Nothing is configured: the field is zero. */
bool leaf_unset(const struct leaf *l, const void *rec);
/* The @i-th value (0 unless an array) as it is kept. */
void leaf_load(const struct leaf *l, const void *rec, unsigned int i, struct value *v);
uint32_t leaf_number(const struct leaf *l, const void *rec);	/* the same of a leaf that is kept as a number */
bool leaf_holds(const struct leaf *l, const void *rec, const struct value *v);
size_t leaf_count(const struct leaf *l, const void *rec);	/* values in use; 1 unless an array */
/* The @i-th value as text, NUL-terminated; a name with a blank inside stands in quotes. */
void leaf_print(const struct leaf *l, const void *rec, unsigned int i, char *out, size_t size);
/* The record the leaves of @cmd are fields of: element @i of its array in @obj, or @obj. */
void *row_record(const struct command *cmd, const void *obj, uint32_t i);
/* A password that another device displayed in its own form: what is behind it is not known. */
bool secret_is_foreign(const char *password);
/* The name of its type as help prints it: INTEGER<1-4094>, X.X.X.X, STRING<1-31>. */
void leaf_type_name(const struct leaf *l, char *out, size_t size);

#endif
