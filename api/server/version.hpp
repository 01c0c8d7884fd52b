// The version the server tells.
#pragma once
#ifndef FIN_API_VERSION  // given by the build, from the project's version
#define FIN_API_VERSION "1.0.0"
#endif
