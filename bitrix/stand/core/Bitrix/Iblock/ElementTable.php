<?php

declare(strict_types=1);

namespace Bitrix\Iblock;

use Bitrix\Main\ORM\Data\DataManager;

final class ElementTable extends DataManager
{
}
