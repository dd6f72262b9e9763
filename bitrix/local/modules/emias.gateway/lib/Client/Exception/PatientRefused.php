<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The patient's data are wrong, or EMIAS does not accept them. */
final class PatientRefused extends Refused
{
}
