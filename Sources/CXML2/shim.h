#pragma once
// libxml2's headers pull in ICU's, which clash with Foundation's in one module.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

// xmlFree is a global variable holding a function, which Swift may not touch from several threads.
static inline void cxml2_free(void *memory) { xmlFree(memory); }
