<?php

/** Where the kernel's beginning stands on a site; the stand has begun before, all but the visitor's session. */

declare(strict_types=1);

Stand\open_session();
