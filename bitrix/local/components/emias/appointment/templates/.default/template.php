<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;
use Bitrix\Main\Web\Json;

/** @var array $arResult */
$prefix = 'EMIAS_APPOINTMENT_';
foreach (Loc::loadLanguageFile(__FILE__) as $code => $text) {
    $arResult['CONFIG']['texts'][substr($code, strlen($prefix))] = $text;
}
?>
<section class="emias-booking" data-emias-appointment="<?= htmlspecialcharsbx(Json::encode($arResult['CONFIG'])) ?>">
    <noscript>
        <p class="emias-notice is-warm"><?= htmlspecialcharsbx(Loc::getMessage('EMIAS_APPOINTMENT_NO_SCRIPT')) ?>
            <a href="tel:<?= htmlspecialcharsbx($arResult['PHONE']) ?>"><?= htmlspecialcharsbx($arResult['PHONE']) ?></a>
            <a href="<?= htmlspecialcharsbx($arResult['PORTAL_URL']) ?>"><?= htmlspecialcharsbx(Loc::getMessage('EMIAS_APPOINTMENT_PORTAL')) ?></a></p>
    </noscript>
</section>
